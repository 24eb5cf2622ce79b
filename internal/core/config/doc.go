// Package config holds the settings that several commands share. Each section is one struct
// that sets its defaults and validates itself.
package config
