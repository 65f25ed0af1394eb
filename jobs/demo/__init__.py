"""An invented municipality on real streets: the demo, and the material of benchmarks."""
