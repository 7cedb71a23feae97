"""Application config of demo."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The fictional demonstration data."""

    name = "demo"
    verbose_name = "演示数据"

    def ready(self) -> None:
        """Tell the sign-in page where the demo accounts come from."""
        from core.demo_accounts import register_demo_accounts
        from demo.accounts import demo_accounts

        register_demo_accounts(demo_accounts)
