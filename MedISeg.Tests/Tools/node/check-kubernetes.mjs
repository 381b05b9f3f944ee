// Checks Kubernetes objects against the schemas of kubernetes-models (Kubernetes' own API and KEDA's).
// usage: node check-kubernetes.mjs < LIST_OF_OBJECTS.json     prints a line a fault, and nothing where there is none
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

// The schemas let unknown fields through, which Kubernetes does not when it is asked to be strict. A validator asks for every field that it knows:
// where it asked for any, one that it did not ask for is unknown. Of objects that may hold anything it asks for none.
const watched = (value, path, seen) => {
  if (value === null || typeof value !== 'object') return value
  const asked = new Set(), below = new Map()
  if (!Array.isArray(value)) seen.push({ path, value, asked })
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== 'string') return target[key]
      asked.add(key)
      if (!below.has(key)) below.set(key, watched(target[key], `${path}/${key}`, seen))
      return below.get(key)
    },
  })
}

const validatorOf = ({ apiVersion, kind }) => {
  const [version, group = 'core'] = apiVersion.split('/').reverse()
  const capital = (text) => text[0].toUpperCase() + text.slice(1)
  const [folder, prefix] = group === 'keda.sh' ? ['@kubernetes-models/keda', 'KedaSh'] : ['kubernetes-models', 'IoK8sApi' + capital(group.split('.')[0])]
  return require(`./node_modules/${folder}/_schemas/${prefix}${capital(version)}${kind}.js`).validate
}

for (const object of JSON.parse(readFileSync(0, 'utf8'))) {
  const name = `${object.kind}/${object.metadata?.name}`, seen = [], validate = validatorOf(object)
  if (!validate(watched(object, name, seen)))
    for (const { instancePath, keyword, params } of validate.errors) console.log(`${name}${instancePath}: ${keyword} ${JSON.stringify(params)}`)
  else
    for (const { path, value, asked } of seen)
      if (asked.size > 0) for (const key of Object.keys(value)) if (!asked.has(key)) console.log(`${path}/${key}: unknown`)
}
