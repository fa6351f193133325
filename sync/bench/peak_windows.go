package main

import "os"

// peakMemory is not measured here: the library does not tell.
func peakMemory(*os.ProcessState) int64 { return 0 }
