"""Import a list of teachers into the register of a region."""

from core.imports.commands import ImportCommand


class Command(ImportCommand):
    """``import_teachers FILE --region CODE [--dry-run] [--json]``."""

    help = "Import a teacher list (XLSX, or CSV in UTF-8 or GB18030) for a region."
    kind = "personnel.teacher"
