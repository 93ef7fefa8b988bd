package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine describes what the figures are of. The load is that before the measurements: others' work is noise.
func machine() string {
	return fmt.Sprintf("%d × %s, %s of memory, %s %s/%s, load average %s", runtime.NumCPU(),
		fieldOf("/proc/cpuinfo", "model name"), fieldOf("/proc/meminfo", "MemTotal"),
		runtime.Version(), runtime.GOOS, runtime.GOARCH, loadAverage())
}

const unknown = "unknown"

// fieldOf returns the first value of a field in a file of lines like "name : value".
func fieldOf(file, field string) string {
	text, err := os.ReadFile(file) //nolint:gosec // one of the kernel's
	if err != nil {
		return unknown
	}
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == field {
			return strings.TrimSpace(value)
		}
	}
	return unknown
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return unknown
	}
	lastMinute, _, _ := strings.Cut(string(text), " ")
	return lastMinute
}
