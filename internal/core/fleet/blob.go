package fleet

import (
	"bytes"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

const (
	trainAfter = 256       // objects that are seen before a dictionary is worth its memory
	samples    = 16        // objects that make the dictionary
	dictionary = 64 << 10  // most bytes of it
	largest    = 256 << 20 // most bytes that one object may unpack to; etcd holds far less
)

// blob is one object's bytes, compressed.
type blob struct {
	data  []byte
	codec *codec
}

// bytes unpacks it.
func (b blob) bytes() ([]byte, error) {
	if b.codec == nil {
		return b.data, nil
	}
	out, err := b.codec.decoder.DecodeAll(b.data, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack a cached object: %w", err)
	}
	return out, nil
}

// codec compresses against a dictionary of objects of the same kind: small objects that
// resemble each other need the common parts only once.
type codec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newCodec(dict []byte) (*codec, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderCRC(false), zstd.WithWindowSize(128<<10), zstd.WithEncoderDictRaw(1, dict))
	if err != nil {
		return nil, fmt.Errorf("make encoder: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(largest), zstd.WithDecoderDictRaw(1, dict))
	if err != nil {
		return nil, fmt.Errorf("make decoder: %w", err)
	}
	return &codec{encoder, decoder}, nil
}

// packer compresses the objects of one store. The first ones stay plain, until there are
// enough to learn from; what was packed before keeps its codec.
type packer struct {
	seen    int
	sampled []byte
	codec   *codec
	failed  bool
	scratch []byte
}

func (p *packer) pack(plain []byte) blob {
	if p.codec == nil && !p.failed {
		p.learn(plain)
	}
	if p.codec == nil {
		return blob{data: plain}
	}
	p.scratch = p.codec.encoder.EncodeAll(plain, p.scratch[:0])
	return blob{data: bytes.Clone(p.scratch), codec: p.codec}
}

func (p *packer) learn(plain []byte) {
	p.seen++
	if p.seen%(trainAfter/samples) == 0 && len(p.sampled)+len(plain) <= dictionary {
		p.sampled = append(p.sampled, plain...)
	}
	if p.seen < trainAfter || len(p.sampled) == 0 {
		return
	}
	var err error
	p.codec, err = newCodec(p.sampled)
	p.failed = err != nil
	p.sampled = nil
}
