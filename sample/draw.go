package sample

import (
	"math"
	"math/rand/v2"
)

// draw makes the random choices for one contact.
type draw struct{ *rand.Rand }

// chance is true in percent of 100 cases.
func (d draw) chance(percent int) bool { return d.IntN(100) < percent }

// few returns a number from 0 to most, each as often as percent of the one before it, roughly.
func (d draw) few(most, percent int) int {
	n := 0
	for n < most && d.chance(percent) {
		n++
	}
	return n
}

// skewed returns a number from 0 to 1, the smaller ones more often.
func (d draw) skewed() float64 {
	f := d.Float64()
	return f * math.Sqrt(f)
}

// normal returns a normally distributed number.
func (d draw) normal(mean, deviation float64) float64 {
	// The conversion keeps machines that can from adding before they round, which would give other numbers there.
	return mean + float64(deviation*d.NormFloat64())
}

// one returns one of the values.
func one[T any](d draw, values []T) T { return values[d.IntN(len(values))] }

// weighted returns the index of one of n things, each as often as its weight says.
func (d draw) weighted(n int, weight func(i int) int) int {
	total := 0
	for i := range n {
		total += weight(i)
	}
	left := d.IntN(total)
	for i := range n {
		if left -= weight(i); left < 0 {
			return i
		}
	}
	return n - 1
}

func (d draw) choose(choices []choice) string {
	return choices[d.weighted(len(choices), func(i int) int { return choices[i].weight })].value
}

// pattern returns the text with a random digit for each # and a random letter for each @.
func (d draw) pattern(text string) string {
	result := []byte(text)
	for i, c := range result {
		switch c {
		case '#':
			result[i] = byte('0' + d.IntN(10))
		case '@':
			result[i] = byte('A' + d.IntN(26))
		}
	}
	return string(result)
}
