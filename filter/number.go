package filter

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
)

// ParseNumber reads a JSON number as an int64, or as a float64 where it has a fraction or an exponent or is too
// large. A whole number that neither type holds exactly, and one beyond float64, is refused.
func ParseNumber(n json.Number) (any, error) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return i, nil
	}
	f, err := n.Float64()
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fmt.Errorf("%s is not a finite number", abbreviate(n.String()))
	}
	if whole, ok := new(big.Int).SetString(n.String(), 10); ok {
		if exact, _ := new(big.Float).SetFloat64(f).Int(nil); exact.Cmp(whole) != 0 {
			return nil, fmt.Errorf("%s is a whole number that cannot be kept exactly; write it as text", abbreviate(n.String()))
		}
	}
	return f, nil
}

// abbreviate keeps a text that goes into a message short.
func abbreviate(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
