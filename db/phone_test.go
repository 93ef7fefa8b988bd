package db_test

import (
	"testing"
	"time"

	"segmentql/db"
)

// TestPhone stores numbers that there may be in E.164 and keeps all else.
func TestPhone(t *testing.T) {
	for _, c := range []struct{ phone, region, want string }{
		{"+442079460958", "", "+442079460958"},
		{" +44 20 7946 0958 ", "", "+442079460958"},
		{"+44 (0)20 7946 0958", "", "+442079460958"},
		{"(+49) 30/123-4567", "", "+49301234567"},
		{"0044 20 7946 0958", "", "+442079460958"},
		{"0044 20 7946 0958", "US", "+442079460958"},
		{"+1 415.555.2671", "GB", "+14155552671"},
		{"(415) 555-2671", "US", "+14155552671"},
		{"1 415 555 2671", "US", "+14155552671"},
		{"020 7946 0958", "GB", "+442079460958"},
		{"٠٢٠٧٩٤٦٠٩٥٨", "GB", "+442079460958"},
		{"+44 20 7946 0958", "GB", "+442079460958"},

		{" (415) 555-2671 ", "", "(415) 555-2671"},
		{"555-2671", "US", "555-2671"},
		{"911", "US", "911"},
		{"+999 123456", "", "+999 123456"},
		{"+44", "", "+44"},
		{"++44 20 7946 0958", "", "++44 20 7946 0958"},
		{"+44 20 7946 0958 +44 20 7946 0959", "", "+44 20 7946 0958 +44 20 7946 0959"},
		{"+44 20 7946 0958 ext. 12", "", "+44 20 7946 0958 ext. 12"},
		{"1-800-FLOWERS", "US", "1-800-FLOWERS"},
		{"ask Ada", "GB", "ask Ada"},
		{"-", "GB", "-"},
		{"", "GB", ""},
	} {
		p := db.ContactPatch{Phone: &c.phone, PhoneRegion: c.region}
		for name, p := range map[string]db.ContactPatch{"": p, "prepared ": p.Prepared(), "twice prepared ": p.Prepared().Prepared()} {
			contact, err := db.NewContact(p, time.Now())
			if err != nil || contact.Phone != c.want {
				t.Errorf("%s%q in %q: got %q, %v, want %q", name, c.phone, c.region, contact.Phone, err, c.want)
			}
			p.Phone = &contact.Phone
			if again, err := p.Apply(contact, time.Now()); err != nil || again.Phone != c.want {
				t.Errorf("%s%q in %q: %q becomes %q, %v", name, c.phone, c.region, c.want, again.Phone, err)
			}
		}
	}
}

// TestPhoneStays changes a contact whose phone is not as it would be stored today.
func TestPhoneStays(t *testing.T) {
	old := db.Contact{Phone: "+44 20 7946 0958", Status: db.Pending}
	changed, err := db.ContactPatch{FirstName: new("Ada"), PhoneRegion: "GB"}.Apply(old, time.Now())
	if err != nil || changed.Phone != old.Phone {
		t.Errorf("got %q, %v", changed.Phone, err)
	}
}

func TestPhoneRegion(t *testing.T) {
	for text, want := range map[string]string{"": "", "GB": "GB", "us": "US"} {
		if got, err := db.ParsePhoneRegion(text); got != want || err != nil {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"UK", "USA", "44", "+44", "ZZ", "001"} {
		if _, err := db.ParsePhoneRegion(text); db.CodeOf(err) != db.BadInput {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
