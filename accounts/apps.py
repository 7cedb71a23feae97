"""Application config of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, role grants and the role table."""

    name = "accounts"
    verbose_name = "账号与授权"

    def ready(self) -> None:
        """Tell the access machinery where grants and permission names come from."""
        import accounts.schema  # noqa: F401 - registers itself
        from accounts.grants import load_grants, people_behind
        from accounts.roles import ROLES, permission_names
        from core import access, reminders, standing

        access.register_grant_source(load_grants)
        access.register_permission_table(permission_names)
        standing.register_role_labels(lambda: {c: r.label for c, r in ROLES.items()})
        reminders.register_audience(people_behind)
