package filter

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// ParseZone returns the time zone of an IANA name such as Europe/London.
func ParseZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	// Some names mean something else on every machine, or are of files that are no zones of the database.
	if err != nil || name == "" || name == "Local" || name == "localtime" || name == "posixrules" ||
		strings.HasPrefix(name, "posix/") || strings.HasPrefix(name, "right/") {
		return nil, fmt.Errorf("%q is not a time zone; write an IANA name such as Europe/London", name)
	}
	return zone, nil
}

// maxZones bounds what is remembered: there are some 600 names, but a file system may know more for the same files.
const maxZones = 1_000

// Zones remembers time zones, which are read from files. It may be used from many goroutines.
type Zones struct {
	mu    sync.RWMutex
	known map[string]*time.Location
}

// Parse is ParseZone.
func (z *Zones) Parse(name string) (*time.Location, error) {
	if z == nil {
		return ParseZone(name)
	}
	z.mu.RLock()
	zone := z.known[name]
	z.mu.RUnlock()
	if zone != nil {
		return zone, nil
	}
	zone, err := ParseZone(name)
	if err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.known == nil {
		z.known = map[string]*time.Location{}
	}
	if len(z.known) < maxZones {
		z.known[name] = zone
	}
	return zone, nil
}
