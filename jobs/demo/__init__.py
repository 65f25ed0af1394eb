"""An invented municipality on real streets: the demo (`load`), and the material of benchmarks."""
