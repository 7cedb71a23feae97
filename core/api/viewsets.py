"""Viewsets that read what is visible, and write and move as the pages do."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.transitions import available_moves


class MoveInput(serializers.Serializer[Any]):
    """What every move accepts: a reason."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class VisibleViewSet(ReadOnlyModelViewSet[Any]):
    """Lists and shows the rows the caller may know of, with the page's filters."""

    permission: ClassVar[str] = ""
    span_by_day: ClassVar[bool] = False

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        """Name the view permission of the model when the class names none."""
        if not cls.permission and cls.queryset is not None:
            meta = cls.queryset.model._meta
            cls.permission = f"{meta.app_label}.view_{meta.model_name}"
        return super().as_view(actions, **initkwargs)

    def get_queryset(self) -> Any:
        """Return the visible rows; dated rows of ``?on=`` where the class says so."""
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        request: Any = self.request
        rows = rows.visible_to(request.user, self.permission)
        if self.span_by_day and "on" in request.query_params:
            rows = rows.on(request.as_of)
        return rows


class WriteViewSet(VisibleViewSet):
    """Adds POST and PATCH through the services that the pages call.

    ``adds`` takes what ``write_input`` read, ``changes`` the row besides; both take
    ``by`` and answer a refusal with its reason. What ``fixed`` names is given when a
    row is entered and never changes.
    """

    adds: ClassVar[Callable[..., Any]]
    changes: ClassVar[Callable[..., Any]]
    write_input: ClassVar[type[serializers.BaseSerializer[Any]]]
    fixed: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Tell the documents what is sent and what comes back."""
        super().__init_subclass__(**kwargs)
        given, told = cls.write_input, cls.serializer_class
        extend_schema_view(
            create=extend_schema(request=given, responses={201: told}),
            partial_update=extend_schema(request=given, responses={200: told}),
        )(cls)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enter a row; 400 names each wrong field, 403 says why it is refused."""
        given = self._read(request)
        made = type(self).adds(by=request.user, **given)
        return Response(self.get_serializer(made).data, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Correct the fields given; the others stay."""
        row = self.get_object()
        told = {name: [_("登记后不能更改")] for name in self.fixed & set(request.data)}
        if told:
            raise ValidationError(told)
        given = self._read(request, partial=True)
        changed = type(self).changes(row, by=request.user, **given)
        return Response(self.get_serializer(changed).data)

    def _read(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        given = self.write_input(
            data=request.data, partial=partial, context=self.get_serializer_context()
        )
        given.is_valid(raise_exception=True)
        found: dict[str, Any] = given.validated_data
        return found


ACTION_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "move": {"type": "string"},
            "label": {"type": "string"},
            "allowed": {"type": "boolean"},
            "reason": {"type": "string"},
            "clause": {"type": "string"},
        },
    },
}


@extend_schema_field(ACTION_SCHEMA)
class ActionsField(serializers.Field[Any, Any, Any, Any]):
    """The moves open in the object's state, each with its answer for the caller."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        """List name, label, whether allowed, and the reason when not."""
        user = self.context["request"].user
        return [
            {
                "move": option.name,
                "label": str(option.move.label),
                "allowed": bool(option.verdict),
                "reason": "" if option.verdict else option.verdict.message,
                "clause": option.move.clause,
            }
            for option in available_moves(user, value)
        ]


class MoveViewSet(VisibleViewSet):
    """Adds ``POST …/{id}/{move}/``; the body holds the reason and the move's fields."""

    moves: ClassVar[dict[str, Callable[..., Any]]] = {}
    move_inputs: ClassVar[dict[str, type[serializers.Serializer[Any]]]] = {}

    @extend_schema(request=MoveInput)
    @action(detail=True, methods=["post"], url_path=r"(?P<move>[a-z][a-z_-]*)")
    def perform(self, request: Request, move: str, **kwargs: Any) -> Response:
        """Make one move; 403 with reason and clause when it is refused."""
        verb = self.moves.get(move.replace("-", "_"))
        if verb is None:
            raise NotFound
        obj = self.get_object()
        reason = MoveInput(data=request.data)
        reason.is_valid(raise_exception=True)
        values = dict(reason.validated_data)
        extra = self.move_inputs.get(move.replace("-", "_"))
        if extra:
            given = extra(data=request.data)
            given.is_valid(raise_exception=True)
            values.update(given.validated_data)
        changed = verb(obj, by=request.user, **values)
        return Response(self.get_serializer(changed).data)
