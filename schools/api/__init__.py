"""Reading schools, classes and returns over the API; moves of returns."""
