"""Grant and revoke roles, invite people and accept invitations."""

import hashlib
import secrets
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, RoleGrant, User
from accounts.roles import ROLES, SEPARATE
from audit.services import record
from core.days import today

INVITATION_DAYS = 14


@transaction.atomic
def grant_role(
    user: User,
    role: str,
    scope: models.Model | None = None,
    *,
    by: User | None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str = "",
) -> RoleGrant:
    """Give a user a role in a scope from a day on; ValidationError when not allowed.

    System, security and audit administrators are exclusive of each other and of
    every business role on one account.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _check_scope(role, scope)
    _check_separation(user, role, valid_from or today())
    kind = ContentType.objects.get_for_model(scope) if scope else None
    grant = RoleGrant.objects.create(
        user=user,
        role=role,
        scope_type=kind,
        scope_id=scope.pk if scope else None,
        granted_by=by,
        valid_from=valid_from or today(),
        valid_to=valid_to,
        reason=reason,
    )
    record("accounts.grant_role", grant, by=by, reason=reason)
    return grant


def _check_scope(role: str, scope: models.Model | None) -> None:
    wanted = ROLES[role].scope
    given = scope._meta.label_lower if scope else ""
    if wanted != given:
        raise ValidationError(
            _("角色“%(role)s”的范围类型不符") % {"role": ROLES[role].label},
            code="scope",
        )


def _check_separation(user: User, role: str, day: date) -> None:
    held = set(
        RoleGrant.objects.standing()
        .filter(user=user)
        .exclude(valid_to__lte=day)
        .values_list("role", flat=True)
    )
    clash = held - {role} if role in SEPARATE else held & set(SEPARATE)
    if clash:
        names = "、".join(str(ROLES[r].label) for r in sorted(clash))
        raise ValidationError(
            _("未能授权：该账号已是%(names)s，系统、安全、审计管理员须与其他角色分设")
            % {"names": names},
            code="separation",
        )


@transaction.atomic
def revoke_grant(grant: RoleGrant, *, by: User, reason: str) -> RoleGrant:
    """Withdraw a grant at once; its holder sees nothing through it any more."""
    grant.revoked_at = timezone.now()
    grant.save(update_fields=["revoked_at"])
    record("accounts.revoke_role", grant, by=by, reason=reason)
    return grant


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    role: str, scope: models.Model | None = None, *, by: User | None = None
) -> tuple[Invitation, str]:
    """Create an invitation; return it with the token, which is not stored."""
    token = secrets.token_urlsafe(24)
    kind = ContentType.objects.get_for_model(scope) if scope else None
    invitation = Invitation.objects.create(
        role=role,
        scope_type=kind,
        scope_id=scope.pk if scope else None,
        token_hash=_hash(token),
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    record("accounts.invite", invitation, by=by)
    return invitation, token


def find_invitation(token: str) -> Invitation | None:
    """Return the open invitation of a token, or None."""
    found = Invitation.objects.filter(token_hash=_hash(token)).first()
    return found if found and found.is_open else None


@transaction.atomic
def accept_invitation(
    token: str, *, username: str, full_name: str, password: str
) -> User:
    """Create the account of an invitation and give it the role; once only."""
    invitation = (
        Invitation.objects.select_for_update().filter(token_hash=_hash(token)).first()
    )
    if invitation is None or not invitation.is_open:
        raise ValidationError(_("邀请链接无效或已过期，请联系发出邀请的管理员"))
    validate_password(password)
    user = User.objects.create_user(username, password, full_name=full_name)
    scope = None
    if invitation.scope_type:
        scope = invitation.scope_type.get_object_for_this_type(pk=invitation.scope_id)
    grant_role(user, invitation.role, scope, by=None, reason=_("接受邀请"))
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return user


@transaction.atomic
def create_account(user: User, *, by: User) -> User:
    """Save a new account; it can sign in once its password link was used."""
    user.set_unusable_password()
    user.save()
    record("accounts.create_account", user, by=by)
    return user


@transaction.atomic
def update_account(user: User, *, by: User) -> User:
    """Save a changed account; switching it off ends its sessions' rights at once."""
    user.save()
    record("accounts.update_account", user, by=by, data={"is_active": user.is_active})
    return user


def password_token(user: User, *, by: User) -> str:
    """Return a one-time token with which the person sets an own password."""
    record("accounts.password_link", user, by=by)
    return default_token_generator.make_token(user)


@transaction.atomic
def set_password(user: User, token: str, password: str) -> User:
    """Set the password of a one-time token; ValidationError when it was used."""
    if not default_token_generator.check_token(user, token):
        raise ValidationError(_("链接无效或已使用，请联系系统管理员重新生成"))
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record("accounts.set_password", user, by=user)
    return user
