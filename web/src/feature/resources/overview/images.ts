export interface ImageName {
  /** Without registry and folders: "demo-bank:0.1.0". */
  short: string
  /** Name and tag with registry, without digest. */
  name: string
  /** The first digits of the digest; "" if none was given. */
  digest: string
}

/** Takes an image's name apart for reading. */
export function imageName(image: string): ImageName {
  const [name = '', digest = ''] = image.split('@')
  return { short: name.slice(name.lastIndexOf('/') + 1), name, digest: digest.replace(/^sha256:/, '').slice(0, 12) }
}
