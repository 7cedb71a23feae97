"""Import the roll of standing groups of a region."""

from core.imports.commands import ImportCommand


class Command(ImportCommand):
    """``import_groups FILE --region CODE [--dry-run] [--json]``."""

    help = (
        "Import groups that existed before the system (XLSX, or CSV in UTF-8 or "
        "GB18030): one row is one school's time in one group, with its true days."
    )
    kind = "groups.membership"
