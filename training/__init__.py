"""Trains the lips model: synthetic heads, speech, the two nets and their evaluation."""
