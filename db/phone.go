package db

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// ParsePhoneRegion reads the region whose national form numbers without a country code have. It is an ISO 3166 code of two
// letters; "" is none.
func ParsePhoneRegion(text string) (string, error) {
	region := strings.ToUpper(strings.TrimSpace(text))
	if region != "" && !phonenumbers.GetSupportedRegions()[region] {
		return "", Errorf(BadInput, "%q is not a region of phone numbers; it is an ISO 3166 code of two letters, such as GB or US", short(text))
	}
	return region, nil
}

// normalisePhone returns a phone number in E.164, as +442079460958, where the text is nothing but a number that there may
// be. It begins with its country code, after + or 00, or is as people write it in the region. Any other text stays as it is
// but for the space around it: an extension, a second number or a remark would be lost.
func normalisePhone(text, region string) string {
	text = strings.TrimSpace(text)
	if !isPhone(text) {
		return text
	}
	international, ok := strings.CutPrefix(text, "00")
	if ok {
		international = "+" + international
	}
	number, err := phonenumbers.Parse(international, region)
	if err != nil || phonenumbers.IsPossibleNumberWithReason(number) != phonenumbers.IS_POSSIBLE {
		return text
	}
	return phonenumbers.Format(number, phonenumbers.E164)
}

// isPhone says whether a text has digits, what stands between them, and at most one plus, before them.
func isPhone(text string) bool {
	digits := false
	for i, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits = true
		case r == '+' && strings.LastIndexByte(text, '+') == i && !digits:
		case strings.ContainsRune(".()/", r), unicode.IsSpace(r), unicode.Is(unicode.Dash, r):
		default:
			return false
		}
	}
	return digits
}
