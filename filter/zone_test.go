package filter_test

import (
	"strings"
	"sync"
	"testing"

	"segmentql/filter"
)

// Zones returns the same zone again, which it has read once.
func TestZones(t *testing.T) {
	var zones filter.Zones
	first, err := zones.Parse("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, name := range []string{"Europe/London", "Asia/Kathmandu", "UTC"} {
				if zone, err := zones.Parse(name); err != nil || zone.String() != name || name == first.String() && zone != first {
					t.Errorf("%s: got %v, %v", name, zone, err)
				}
			}
			for _, name := range []string{"", "Local", "Europe/Atlantis"} {
				if zone, err := zones.Parse(name); err == nil {
					t.Errorf("%q is the zone %s", name, zone)
				}
			}
		})
	}
	all.Wait()
}

// However many spellings of a name the system takes, Zones does not grow with them, and they stay what they are.
func TestZonesAreBounded(t *testing.T) {
	var zones filter.Zones
	if _, err := filter.ParseZone("Europe/./London"); err != nil {
		t.Skip("the system takes one spelling only")
	}
	for n := range 1_100 {
		name := "Europe" + strings.Repeat("/.", n) + "/London"
		if _, err := zones.Parse(name); err != nil {
			t.Fatal(err)
		}
	}
	a, _ := zones.Parse("Asia/Tokyo")
	b, err := zones.Parse("Asia/Tokyo")
	if err != nil || a == b {
		t.Errorf("the zones %p and %p are kept, too; %v", a, b, err)
	}
}
