"""How speed, memory and quality are measured: `python -m benchmarks --help`."""
