package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"kubemate.io/kubemate/internal/core/errs"
)

// hashCost is what one argon2id hash costs. It is stored with each hash; a hash made with
// another cost is replaced when its user signs in.
type hashCost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// presentCost follows the second recommendation of RFC 9106 (64 MiB, 3 passes), on one thread:
// about 0.2 s.
func presentCost() hashCost { return hashCost{memory: 64 << 10, passes: 3, threads: 1} }

// Bounds of what a stored hash may ask for: a damaged Secret must not eat the memory.
const (
	maxHashMemory = 256 << 10 // KiB
	maxHashPasses = 10
	saltBytes     = 16
	keyBytes      = 32
)

// hasher makes and checks hashes, a few at a time: a flood of sign-ins waits or is turned
// away, but does not eat the memory.
type hasher struct {
	cost    hashCost
	running chan struct{}
	waiting chan struct{}
}

func newHasher(cost hashCost) *hasher {
	return &hasher{cost: cost, running: make(chan struct{}, 2), waiting: make(chan struct{}, 32)}
}

// enter waits for a turn.
func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.waiting <- struct{}{}:
	default:
		return errs.New(errs.TooMany, "too many people sign in at this moment").
			WithHint("try again in some seconds").WithExtra("retryAfterSeconds", 5)
	}
	defer func() { <-h.waiting }()
	select {
	case h.running <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hash makes the text to store: $argon2id$v=19$m=65536,t=3,p=1$salt$key.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.running }()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	key := argon2.IDKey([]byte(password), salt, h.cost.passes, h.cost.memory, h.cost.threads, keyBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.memory, h.cost.passes, h.cost.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// check says whether the password belongs to the stored text. An empty text, of a user who
// is unknown or has no password, costs the same work and never matches.
func (h *hasher) check(ctx context.Context, stored, password string) (ok, outdated bool, err error) {
	parsed := parsedHash{cost: h.cost, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}
	if stored != "" {
		if parsed, err = parseHash(stored); err != nil {
			return false, false, err
		}
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer func() { <-h.running }()
	c := parsed.cost
	got := argon2.IDKey([]byte(password), parsed.salt, c.passes, c.memory, c.threads, uint32(len(parsed.key))) //nolint:gosec // bounded by parseHash
	ok = subtle.ConstantTimeCompare(got, parsed.key) == 1 && stored != ""
	return ok, ok && c != h.cost, nil
}

type parsedHash struct {
	cost      hashCost
	salt, key []byte
}

var errBadHash = errors.New("the stored password hash is damaged: set a new password by a one-time link")

func parseHash(stored string) (parsedHash, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return parsedHash{}, errBadHash
	}
	numbers := strings.Split(parts[3], ",")
	if len(numbers) != 3 {
		return parsedHash{}, errBadHash
	}
	m, errM := number(numbers[0], "m=", maxHashMemory)
	t, errT := number(numbers[1], "t=", maxHashPasses)
	p, errP := number(numbers[2], "p=", 16)
	salt, errS := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	key, errK := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err := errors.Join(errM, errT, errP, errS, errK); err != nil || len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return parsedHash{}, errBadHash
	}
	return parsedHash{cost: hashCost{memory: uint32(m), passes: uint32(t), threads: uint8(p)}, salt: salt, key: key}, nil
}

// number reads "m=65536", from 1 to most.
func number(text, name string, most uint64) (uint64, error) {
	digits, ok := strings.CutPrefix(text, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || n < 1 || n > most {
		return 0, errBadHash
	}
	return n, nil
}
