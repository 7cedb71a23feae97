"""The house's own tools; standard library only, they run before all else."""
