"""Step one and two of an import: the file, and which column is which."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.access import scope_ids
from core.exports import XLSX_TYPE
from core.imports.engine import discard
from core.imports.errors import ImportRefused
from core.imports.intake import choose_sheet, set_mapping, take_in
from core.imports.readers import source_of
from core.imports.readers.source import max_bytes, too_large
from core.imports.result import template_workbook
from core.imports.staging import missing_columns
from core.imports.work import start_staging
from core.views.imports.base import KindPage, RunPage


class ImportStart(KindPage):
    """Step one: choose the file, and the region or school it is for."""

    template_name = "core/import_start.html"

    def get_title(self) -> Any:
        """Return what is imported."""
        return _("导入%s") % self.kind.title

    def scopes(self) -> list[Model]:
        """Return the scopes in which the user may import this kind."""
        if not self.kind.scope:
            return []
        model = apps.get_model(self.kind.scope)
        ids = scope_ids(self.request.user, self.kind.scope, self.kind.permission)
        return list(model._default_manager.filter(pk__in=ids))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form."""
        return self._form()

    def _form(self, problem: str = "", status: int = 200) -> HttpResponseBase:
        return self.draw(
            status,
            kind=self.kind,
            scopes=self.scopes(),
            scope_asked=self.request.POST.get("scope") or self.request.GET.get("scope"),
            problem=problem,
            limit=max_bytes(),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the file in and go on to the mapping; a refusal stays here."""
        upload = request.FILES.get("file")
        if upload is None:
            return self._form(_("请先选择要导入的文件"), 400)
        try:
            scope = self._scope()
            if (upload.size or 0) > max_bytes():
                raise too_large(upload.name or "")
            source = source_of((upload.name, upload.read()))
            run = take_in(self.kind, source, scope=scope, by=request.user)
        except ImportRefused as refusal:
            return self._form(refusal.message, 400)
        return HttpResponseRedirect(run.get_absolute_url())

    def _scope(self) -> Model | None:
        scopes = {str(scope.pk): scope for scope in self.scopes()}
        if not self.kind.scope:
            return None
        asked = self.request.POST.get("scope") or next(iter(scopes), "")
        if asked not in scopes:
            raise ImportRefused(_("请选择要导入到哪里"), "no_scope")
        return scopes[asked]


class ImportTemplate(KindPage):
    """An empty workbook with the right heads."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the workbook."""
        response = HttpResponse(template_workbook(self.kind), content_type=XLSX_TYPE)
        name = _("%s_模板.xlsx") % self.kind.title
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


class ImportMapping(RunPage):
    """Step two: which column of the file is which."""

    template_name = "core/import_mapping.html"
    step = 2

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the heads found and what they were taken for."""
        self.require_right()
        return self.elsewhere("STAGED", "PREVIEWED") or self._form()

    def _form(self) -> HttpResponseBase:
        layout, mapping = self.run.layout, self.run.mapping
        heads = [
            (at, head or _("（第 %d 列，无列名）") % (at + 1), self._sample(at))
            for at, head in enumerate(layout["heads"])
        ]
        rows = [(column, mapping.get(column.name)) for column in self.kind.columns]
        used = set(mapping.values())
        return self.draw(
            run=self.run,
            heads=heads,
            rows=rows,
            sample={at: text for at, _head, text in heads},
            unused=[head for at, head, _text in heads if at not in used],
            missing_names="、".join(
                str(column.label) for column in missing_columns(self.kind, mapping)
            ),
        )

    def _sample(self, at: int) -> str:
        cells = [row[at] for row in self.run.layout["sample"] if at < len(row)]
        return "、".join(dict.fromkeys(text for text in cells if text).keys())[:80]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Choose another sheet, or keep the mapping and read the file."""
        self.require_right()
        moved = self.elsewhere("STAGED", "PREVIEWED")
        if moved:
            return moved
        try:
            if "discard" in request.POST:
                discard(self.run)
                messages.info(request, _("已放弃这次导入，名册没有改动。"))
                return HttpResponseRedirect(reverse("core:import-list"))
            if "choose_sheet" in request.POST:
                self._choose_sheet()
                return HttpResponseRedirect(request.path)
            set_mapping(self.run, self._mapping())
            return HttpResponseRedirect(start_staging(self.run, by=request.user))
        except ImportRefused as refusal:
            return self.refused(refusal)

    def _choose_sheet(self) -> None:
        row = self.request.POST.get("header_row", "")
        header_row = int(row) if row.isdigit() and len(row) < 8 else 0
        choose_sheet(self.run, self.request.POST.get("sheet", ""), header_row)

    def _mapping(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for column in self.kind.columns:
            position = self.request.POST.get(f"column-{column.name}", "")
            if position.isdigit() and len(position) < 5:
                found[column.name] = int(position)
        twice = {at for at in found.values() if list(found.values()).count(at) > 1}
        if twice:
            heads = self.run.layout["heads"]
            raise ImportRefused(
                _("“%s”被对应了两次，请只保留一处")
                % "、".join(heads[at] for at in sorted(twice) if at < len(heads)),
                "head_twice",
            )
        return found
