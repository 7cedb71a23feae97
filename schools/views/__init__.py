"""Pages of schools, their classes and their returns."""
