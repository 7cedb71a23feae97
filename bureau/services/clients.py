"""Register, pause and re-key machine clients."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import get_access_token_model
from oauth2_provider.settings import oauth2_settings

from audit.services import record
from bureau.models import ApiClient, Region
from bureau.permissions import can_add_client
from core.verdict import ALLOWED, Denied


def known_scopes() -> dict[str, str]:
    """Return scope → description of everything a client can be given."""
    return {str(k): str(v) for k, v in oauth2_settings.SCOPES.items()}


@transaction.atomic
def create_client(
    name: str,
    region: Region,
    scopes: Sequence[str],
    *,
    by: Any = None,
    contact: str = "",
) -> tuple[ApiClient, str]:
    """Register a program for a region; return it with its secret, kept only hashed.

    ``by`` None is the system itself. Raises PermissionDenied, or ValidationError for
    an unknown scope or a name taken in the region.
    """
    verdict = ALLOWED if by is None else can_add_client(by, region)
    if isinstance(verdict, Denied):
        raise PermissionDenied(verdict.message)
    unknown = sorted(set(scopes) - known_scopes().keys())
    if unknown:
        raise ValidationError(
            {
                "scopes": _("没有权限范围“%(unknown)s”，可用的有：%(known)s")
                % {
                    "unknown": "、".join(unknown),
                    "known": "、".join(known_scopes()),
                }
            }
        )
    secret = generate_client_secret()
    client = ApiClient(
        name=name,
        region=region,
        scopes=sorted(set(scopes)),
        contact=contact,
        client_secret=secret,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        created_by=by if getattr(by, "pk", None) else None,
    )
    client.full_clean()
    client.save()
    record("bureau.create_client", client, by=by, data={"scopes": client.scopes})
    return client, secret


@transaction.atomic
def rotate_secret(client: ApiClient, *, by: Any, reason: str = "") -> str:
    """Give a client a new secret and end its tokens; return the secret once."""
    locked = ApiClient.objects.select_for_update(of=("self",)).get(pk=client.pk)
    secret: str = generate_client_secret()
    locked.client_secret = secret
    locked.save(update_fields=["client_secret", "updated"])
    get_access_token_model().objects.filter(application=locked).delete()
    record("bureau.rotate_secret", locked, by=by, reason=reason)
    return secret


@transaction.atomic
def pause_client(
    client: ApiClient, *, by: Any, paused: bool = True, reason: str = ""
) -> ApiClient:
    """Stop a client at once, or let it work again."""
    locked: ApiClient = ApiClient.objects.select_for_update(of=("self",)).get(
        pk=client.pk
    )
    locked.paused_at = timezone.now() if paused else None
    locked.save(update_fields=["paused_at", "updated"])
    verb = "bureau.pause_client" if paused else "bureau.resume_client"
    record(verb, locked, by=by, reason=reason)
    return locked
