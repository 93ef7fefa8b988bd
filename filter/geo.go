package filter

import (
	"math"
	"slices"
)

// EarthRadius is the mean radius of the earth in kilometres, as the IUGG defines it (doi:10.1007/s001900050278).
const EarthRadius = 6371.0088

const degree = math.Pi / 180

// everywhere is a radius within which all points are.
func everywhere() float64 { return math.Inf(1) }

// Point is a point on the earth in degrees.
type Point struct{ Latitude, Longitude float64 }

// PointsOf returns the points for which a value of a document stands: {latitude, longitude}, a GeoJSON point
// {type: "Point", coordinates: [longitude, latitude]}, or both. Degrees that there are not make no point.
func PointsOf(v any) []Point {
	o, ok := v.(Object)
	if !ok {
		return nil
	}
	var points []Point
	add := func(latitude, longitude any) {
		p := Point{degrees(latitude), degrees(longitude)}
		if math.Abs(p.Latitude) <= 90 && math.Abs(p.Longitude) <= 180 {
			points = append(points, p)
		}
	}
	add(o["latitude"], o["longitude"])
	if coordinates, ok := o["coordinates"].([]any); ok && o["type"] == "Point" && len(coordinates) >= 2 {
		add(coordinates[1], coordinates[0])
	}
	return points
}

func degrees(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

// Haversine returns the half chord's square of the angle between the points, from 0 to 1: it grows with their
// distance.
func (p Point) Haversine(o Point) float64 {
	north := math.Sin((o.Latitude - p.Latitude) * degree / 2)
	east := math.Sin((o.Longitude - p.Longitude) * degree / 2)
	return north*north + math.Cos(p.Latitude*degree)*math.Cos(o.Latitude*degree)*east*east
}

// Reach returns the haversine of the radius; points that are no further from the centre are within it. It is 1
// where all points are.
func (t Within) Reach() float64 {
	half := math.Sin(min(t.RadiusKm/EarthRadius/2, math.Pi/2))
	return half * half
}

// Holds returns the function that says whether a point is within the circle.
func (t Within) Holds() func(Point) bool {
	reach := t.Reach()
	if reach >= 1 {
		return func(Point) bool { return true }
	}
	return func(p Point) bool {
		// What a point is further north or south alone is most often enough to say no, and needs one sine only.
		north := math.Sin((p.Latitude - t.Centre.Latitude) * degree / 2)
		return north*north <= reach && t.Centre.Haversine(p) <= reach
	}
}

func (t Within) contains(v any) bool { return slices.ContainsFunc(PointsOf(v), t.Holds()) }

// circle reads {latitude, longitude, radiusKm}.
func (r *reading) circle(v any, s scope) (any, bool) {
	const aCircle = "a circle"
	fields, ok := r.record(v, s, aCircle, "latitude", "longitude", "radiusKm")
	if fields == nil {
		return nil, false
	}
	var t Within
	for _, part := range []struct {
		name        string
		to          *float64
		least, most float64
		says        string
	}{
		{"latitude", &t.Centre.Latitude, -90, 90, "a latitude is from -90 to 90 degrees"},
		{"longitude", &t.Centre.Longitude, -180, 180, "a longitude is from -180 to 180 degrees"},
		{"radiusKm", &t.RadiusKm, math.SmallestNonzeroFloat64, math.Pi * EarthRadius, "a radius is greater than 0 and at most 20015 kilometres, half way around the earth"},
	} {
		n, sound := r.required(fields, part.name, s, aCircle, r.number)
		if !sound {
			ok = false
			continue
		}
		if *part.to = degrees(n); *part.to < part.least || *part.to > part.most {
			r.problem(s.in(part.name), BadInput, "%s, not %v", part.says, n)
			ok = false
		}
	}
	return t, ok
}
