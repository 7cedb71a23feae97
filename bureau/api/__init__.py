"""Reading the administrative frame over the API."""
