package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// memory is what a process has resident, in bytes.
type memory struct{ now, peak int64 }

// memoryOf reads it from the kernel. Where that is not Linux it is zero.
func memoryOf(process int) memory {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		return memory{}
	}
	var m memory
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch {
		case err != nil:
		case name == "VmRSS":
			m.now = kilobytes << 10
		case name == "VmHWM":
			m.peak = kilobytes << 10
		}
	}
	return m
}
