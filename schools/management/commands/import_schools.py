"""Import a list of schools into the register of a region."""

from core.imports.commands import ImportCommand


class Command(ImportCommand):
    """``import_schools FILE --region CODE [--dry-run] [--json]``."""

    help = "Import a school list (XLSX, or CSV in UTF-8 or GB18030) for a region."
    kind = "schools.school"
