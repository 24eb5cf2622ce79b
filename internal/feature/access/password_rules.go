package access

import (
	"strings"
	"unicode/utf8"

	"kubemate.io/kubemate/internal/core/errs"
)

const (
	minPassword = 12   // characters
	maxPassword = 1024 // bytes: hashing more helps nobody
)

// commonParts are what most guessed passwords of twelve and more characters are made of.
func commonParts() []string {
	return []string{
		"password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "welcome", "letmein", "qwerty", "qwertz", "1q2w3e4r", "1qaz2wsx", "zaq12wsx",
		"administrator", "admin", "changeme", "iloveyou", "abc123", "123456", "654321", "111111", "000000", "asdfgh", "woaini",
		"kubernetes", "kubemate", "football", "baseball", "monkey", "dragon", "sunshine", "princess", "trustno1", "master", "secret",
	}
}

// checkPassword refuses what is guessed first. It asks for length, not for kinds of
// characters: those make passwords that people write down.
func checkPassword(password, user string) error {
	lower := strings.ToLower(password)
	switch {
	case !utf8.ValidString(password):
		return badPassword("it is not valid UTF-8")
	case utf8.RuneCountInString(password) < minPassword:
		return badPassword("it has fewer than 12 characters")
	case len(password) > maxPassword:
		return badPassword("it has more than 1024 bytes")
	case len(user) >= 3 && strings.Contains(lower, strings.ToLower(user)):
		return badPassword("it contains the user name")
	case distinct(lower) < 5:
		return badPassword("it repeats a few characters")
	}
	rest := lower
	for _, part := range commonParts() {
		rest = strings.ReplaceAll(rest, part, "")
	}
	rest = strings.Trim(rest, "0123456789!?.,-_@#$%&*+ ")
	if utf8.RuneCountInString(rest) < 4 {
		return badPassword("it is made of the words and digits that are guessed first")
	}
	return nil
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

func badPassword(why string) error {
	return errs.New(errs.Unprocessable, "the new password is refused: %s", why).
		WithHint("take at least 12 characters that nobody guesses, for instance four random words").WithField("body.new", why)
}
