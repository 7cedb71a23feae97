"""How forms are drawn: every field through ``templates/django/forms/``."""

from django.forms.renderers import TemplatesSetting


class PageRenderer(TemplatesSetting):
    """Fields in the look of the house: label, help, box with unit, errors."""

    form_template_name = "django/forms/form.html"
    formset_template_name = "django/forms/formset.html"
    field_template_name = "django/forms/field.html"
