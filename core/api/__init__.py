"""The API base: reading what is visible, moves as verbs, problems in plain words.

A room declares its resources in ``<app>/api/urls.py``::

    ROUTES = [("schools", SchoolViewSet, "school")]

and its viewsets on :class:`core.api.viewsets.VisibleViewSet` (read) or
:class:`core.api.viewsets.MoveViewSet` (read and ``POST …/{id}/{move}/``)::

    class SchoolReturnViewSet(MoveViewSet):
        queryset = SchoolReturn.objects.select_related("school", "year")
        serializer_class = SchoolReturnSerializer
        filterset_class = SchoolReturnFilter        # the page's own
        moves = RETURN_MOVES                         # {"submit": submit_return, …}
        move_inputs = {"return": ReturnInput}        # extra fields of a move
"""
