"""Systems that send rosters: each bound to a region, and to a program for the API."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from audit.services import record
from bureau.models import ApiClient, Region
from bureau.services import create_client
from core.verdict import ALLOWED
from roster.models import Source
from roster.permissions import can_change_source

SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.createput"


@transaction.atomic
def register_source(
    name: str, code: str, region: Region, *, by: Any = None, with_client: bool = True
) -> tuple[Source, str]:
    """Register a sending system; return it and the secret of its program, shown once.

    Raises PermissionDenied, or ValidationError for a name or code that is taken.
    """
    verdict = can_change_source(by, region) if by is not None else ALLOWED
    if not verdict:
        raise PermissionDenied(verdict.message)
    source = Source(
        name=name, code=code, region=region, created_by=by if by and by.pk else None
    )
    source.full_clean()
    secret = ""
    if with_client:
        source.client, secret = create_client(name, region, [SCOPE], by=by)
    source.save()
    record("roster.register_source", source, by=by, data={"code": code})
    return source, secret


@transaction.atomic
def source_of_client(client: ApiClient) -> Source:
    """Return the source a program sends for; made on its first use."""
    found: Source | None = Source.objects.filter(client=client).first()
    if found:
        return found
    ApiClient.objects.select_for_update(of=("self",)).get(pk=client.pk)
    made: Source | None = Source.objects.filter(client=client).first()
    if made:
        return made
    name = client.name[:100]
    if Source.objects.filter(region=client.region, name=name).exists():
        name = f"{name} #{client.pk}"
    source: Source = Source.objects.create(
        region=client.region, code=f"client-{client.pk}", name=name, client=client
    )
    record("roster.register_source", source, data={"code": source.code})
    return source


@transaction.atomic
def pause_source(
    source: Source, *, by: Any, paused: bool = True, reason: str = ""
) -> Source:
    """Take nothing more in from a source, or take it in again."""
    locked: Source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    verdict = can_change_source(by, locked.region)
    if not verdict:
        raise PermissionDenied(verdict.message)
    locked.paused_at = timezone.now() if paused else None
    locked.save(update_fields=["paused_at"])
    verb = "roster.pause_source" if paused else "roster.resume_source"
    record(verb, locked, by=by, reason=reason)
    return locked
