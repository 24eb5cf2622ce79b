package app

// Version is set when a release is built (-ldflags "-X …/internal/app.Version=v1.2.3").
var Version = "dev"
