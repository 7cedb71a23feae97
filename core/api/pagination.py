"""Numbered pages with a size the caller may choose."""

from rest_framework.pagination import PageNumberPagination


class PagePagination(PageNumberPagination):
    """50 rows a page, up to 500 with ``page_size``."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
