package query

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// lineWidth is about where a line is broken.
const lineWidth = 120

// LayOut lays JSON out for readers: a list or object in one line where it fits, else a member a line. The order of
// members, and members of the same name, stay.
func LayOut(text []byte) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return layOut(decoder, "")
}

func layOut(decoder *json.Decoder, indent string) (string, error) {
	token, err := decoder.Token()
	if err != nil {
		return "", err
	}
	opening, isDelim := token.(json.Delim)
	if !isDelim {
		return scalar(token)
	}
	const deeper = "  "
	var members []string
	for decoder.More() {
		name := ""
		if opening == '{' {
			key, err := decoder.Token()
			if err != nil {
				return "", err
			}
			name = fmt.Sprintf("%q: ", key)
		}
		value, err := layOut(decoder, indent+deeper)
		if err != nil {
			return "", err
		}
		members = append(members, name+value)
	}
	closing, err := decoder.Token()
	if err != nil {
		return "", err
	}
	line := fmt.Sprintf("%v%s%v", opening, strings.Join(members, ", "), closing)
	if len(indent)+len(line) <= lineWidth && !strings.Contains(line, "\n") {
		return line, nil
	}
	separator := "\n" + indent + deeper
	return fmt.Sprintf("%v%s%s\n%s%v", opening, separator, strings.Join(members, ","+separator), indent, closing), nil
}

func scalar(token json.Token) (string, error) {
	if number, ok := token.(json.Number); ok {
		return number.String(), nil
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(token)
	return strings.TrimSpace(text.String()), err
}
