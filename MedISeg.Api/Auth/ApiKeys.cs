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

    private (string Name, byte[] Hash, IReadOnlyList<string> Scopes)[] _keys = [];

    /// <summary>Loads the keys; where mode is keys and there is none at all, makes the first, an administrator's, and writes it to a file for
    /// its owner only.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Mode != AuthMode.Keys) return;
        (string Name, byte[] Hash, IReadOnlyList<string> Scopes)[] configured =
            [.. options.Value.Keys.Select(key => (key.Name, Convert.FromHexString(key.Sha256), key.GrantedScopes))];
        _keys = configured;
        if (!options.Value.FirstKey) return;
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
        {
            List<ApiKeyRecord> stored = await db.ApiKeys.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false);
            if (stored.Count == 0 && configured.Length == 0)
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
            _keys = [.. stored.Select(key => (key.Name, Convert.FromHexString(key.Sha256), (IReadOnlyList<string>)[Scopes.Admin])), .. configured];
        }
    }

    /// <summary>Whose key it is and what it allows, or null. Takes as long for a wrong key as for a right one.</summary>
    public (string Owner, IReadOnlyList<string> Scopes)? Find(string key)
    {
        byte[] hash = Hash(key);
        (string, IReadOnlyList<string>)? found = null;
        foreach ((string name, byte[] known, IReadOnlyList<string> scopes) in _keys)
            if (CryptographicOperations.FixedTimeEquals(hash, known)) found = (name, scopes);
        return found;
    }

    private static string NewKey() => "mseg_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
