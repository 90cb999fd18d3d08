"""The mouth net: a mel spectrogram → seven mouth parameters per column."""
