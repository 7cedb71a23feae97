"""One panel of an object's page, loaded when it comes into view."""

from typing import Any

from django.apps import apps
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from core.views.detail import ObjectMixin, _panels
from core.views.page import SIGNED_IN, Page


class PanelPage(ObjectMixin, Page):
    """Draws a registered panel; alone with its frame when opened without htmx.

    The permission is the panel's own, and the object must be visible by it.
    """

    permission = SIGNED_IN
    template_name = "generic/panel.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the panel; an unknown one is 404."""
        super().setup(request, *args, **kwargs)
        try:
            self.model = apps.get_model(kwargs["model"])
        except (LookupError, ValueError):
            raise Http404 from None
        found = dict(_panels(self.model._meta.label_lower)).get(kwargs["slug"])
        if found is None:
            raise Http404
        self.panel = found
        self.permission = found.permission
        self.title = found.title

    def get_queryset(self) -> Any:
        """Return the objects the user may know of by the model's own permission."""
        return self.model._default_manager.visible_to(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the panel."""
        html = self.panel.render(request, self.object)
        name = f"{self.template_name}#body" if self.request.htmx else self.template_name
        context = self.get_context_data(html=html, object=self.object)
        return TemplateResponse(request, name, context)
