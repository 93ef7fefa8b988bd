package db

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"segmentql/filter"
)

// MaxEmailLength is of an address in bytes: RFC 5321, 4.5.3.1.3, less the angle brackets.
const MaxEmailLength = 254

// NormaliseEmail returns the form in which an address is stored and looked up: in lower case, without the space around it,
// and with the domain as people read it, bücher.example and not xn--bcher-kva.example. What is no address is nobody's.
func NormaliseEmail(address string) string {
	email := filter.NormaliseEmail(address)
	start := domainOf(email)
	if domain, ok := normaliseDomain(email[start:]); ok && domain != email[start:] {
		return email[:start] + domain
	}
	return email
}

// setEmail gives the contact an email, unless it is nil. One that the contact has stays, whatever was taken for an address
// when it was given.
func (c *Contact) setEmail(address *string) error {
	if address == nil {
		return nil
	}
	email := NormaliseEmail(*address)
	if email != "" && email != c.Email {
		if err := checkEmail(email); err != nil {
			return err.At("email")
		}
	}
	c.Email = email
	return nil
}

// checkEmail says whether an address that was normalised is one.
func checkEmail(email string) *Error {
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || len(email) > MaxEmailLength {
		return Errorf(BadInput, "%q is not an email address like ada@example.com", short(email))
	}
	domain := email[domainOf(email):]
	if _, ok := normaliseDomain(domain); !ok {
		return Errorf(BadInput, "%q is not the name of a domain like example.com; correct what follows the @", short(domain))
	}
	return nil
}

// domainOf returns where in an address its domain starts.
func domainOf(email string) int { return strings.LastIndexByte(email, '@') + 1 }

// domains are names of hosts, which international ones are as RFC 5891 and UTS #46 read them for a lookup.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// normaliseDomain returns the Unicode form of a domain in lower case, and whether it is one. Most are ASCII and need no
// more than a look.
func normaliseDomain(domain string) (string, bool) {
	if isPlain(domain) {
		return domain, isHostName(domain)
	}
	ascii, err := domains.ToASCII(domain)
	if err != nil || !isHostName(ascii) {
		return "", false
	}
	unicode, err := domains.ToUnicode(ascii)
	return unicode, err == nil
}

// isPlain says whether a domain has neither other letters than those of ASCII nor labels that stand for such.
func isPlain(domain string) bool {
	for i := range len(domain) {
		if domain[i] >= utf8.RuneSelf {
			return false
		}
	}
	return !strings.Contains(domain, "xn--")
}

// isHostName says whether a domain is a name of labels as RFC 1123, 2.1 and RFC 1035, 2.3.4 want them.
func isHostName(domain string) bool {
	const longest, longestLabel = 253, 63
	length := 0 // of the label so far
	for i := range len(domain) {
		switch c := domain[i]; {
		case c == '.' && length > 0 && domain[i-1] != '-':
			length = 0
			continue
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-' && length > 0:
			length++
		default:
			return false
		}
		if length > longestLabel {
			return false
		}
	}
	return 0 < length && domain[len(domain)-1] != '-' && len(domain) <= longest
}
