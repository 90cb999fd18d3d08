"""Speech with known phoneme times, and the mouth movements that belong to it."""
