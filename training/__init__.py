"""How the extractor's weights are made: `python -m training` does all of it (see README.md in this folder)."""
