"""The person who signs in."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Creates users; there is no superuser, rights come from role grants."""

    def create_user(
        self, username: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Create an active user; a missing password makes sign-in impossible."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with an account, named by full name and post."""

    username = models.CharField(
        _("用户名"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("该用户名已被使用")},
    )
    full_name = models.CharField(_("姓名"), max_length=60)
    post_title = models.CharField(_("职务"), max_length=80, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    date_joined = models.DateTimeField(_("建立时间"), auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    class Meta:
        ordering = ["username"]
        verbose_name = verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return (
            f"{self.full_name}（{self.post_title}）"
            if self.post_title
            else self.full_name
        )

    def get_absolute_url(self) -> str:
        """Return the account's page."""
        return reverse("accounts:user-detail", args=[self.pk])

    @property
    def is_staff(self) -> bool:
        """Tell third-party code that nobody has an administration site."""
        return False

    def get_full_name(self) -> str:
        """Return the name shown in pages."""
        return self.full_name
