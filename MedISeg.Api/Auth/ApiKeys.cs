using System.Security.Cryptography;
using System.Text;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Auth;

/// <summary>Knows the hashes of all keys. A key is 32 random bytes: too many to guess, so that one round of SHA-256 protects it.</summary>
internal sealed class ApiKeys(
    IDbContextFactory<JobDbContext> contexts, JobFiles files, IOptions<AuthOptions> options, TimeProvider time, ILogger<ApiKeys> logger)
{
    /// <summary>Name of the key that is made at the first start, and of the file that holds it.</summary>
    public const string FirstName = "first";

    /// <summary>File of the first key below the data root.</summary>
    public const string FirstFile = "first-api-key";

    private volatile Known[] _first = [], _configured = [];

    /// <summary>Loads the keys; where mode is keys and there is none at all, makes the first, an administrator's, and writes it to a file for
    /// its owner only.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Mode != AuthMode.Keys) return;
        Take(options.Value.Keys);
        if (!options.Value.FirstKey) return;
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
        {
            List<ApiKeyRecord> stored = await db.ApiKeys.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false);
            if (stored.Count == 0 && _configured.Length == 0)
            {
                string key = NewKey();
                // A file that a crash left before its hash was stored opens nothing.
                DurableFiles.WriteSecret(Path.Combine(files.Root, FirstFile), key + "\n");
                ApiKeyRecord first = new() { Name = FirstName, Sha256 = Convert.ToHexStringLower(Hash(key)), CreatedAt = time.GetUtcNow() };
                db.ApiKeys.Add(first);
                await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
                stored.Add(first);
                Log.FirstKeyMade(logger, FirstFile);
            }
            _first = [.. stored.Select(key => new Known(key.Name, key.Sha256, [Scopes.Admin]))];
        }
    }

    /// <summary>Takes the keys of the configuration in place of those that it had.</summary>
    /// <param name="keys">Valid ones.</param>
    /// <returns>Whether they are others.</returns>
    public bool Take(IReadOnlyList<ConfiguredKey> keys)
    {
        Known[] before = _configured, now = [.. keys.Select(key => new Known(key.Name, key.Sha256, key.GrantedScopes))];
        _configured = now;
        return before.Length != now.Length || before.Zip(now).Any(pair => !pair.First.Same(pair.Second));
    }

    /// <summary>Whose key it is and what it allows, or null. Takes as long for a wrong key as for a right one.</summary>
    public (string Owner, IReadOnlyList<string> Scopes)? Find(string key)
    {
        byte[] hash = Hash(key);
        (string, IReadOnlyList<string>)? found = null;
        foreach (Known known in (Known[])[.. _first, .. _configured])
            if (CryptographicOperations.FixedTimeEquals(hash, known.Hash)) found = (known.Name, known.Scopes);
        return found;
    }

    private static string NewKey() => "mseg_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>A key that opens.</summary>
    private sealed class Known(string name, string sha256, IReadOnlyList<string> scopes)
    {
        public string Name => name;

        public byte[] Hash { get; } = Convert.FromHexString(sha256);

        public IReadOnlyList<string> Scopes => scopes;

        public bool Same(Known other) => other.Name == name && other.Hash.AsSpan().SequenceEqual(Hash) && other.Scopes.SequenceEqual(scopes, StringComparer.Ordinal);
    }
}
