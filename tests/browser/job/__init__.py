"""The main job, step by step, as its people do it at their browsers."""
