using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace MedISeg.Tests.Support;

/// <summary>A real PostgreSQL on a free port of the loopback, for the tests of one class; it can be stopped and started again with its data.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string User = "postgres";

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort();
    private string? _programs;
    private bool _runs;

    private string DataFolder => Path.Combine(_folder.Path, "data");

    /// <summary>Makes and starts it, where Debian's package is there.</summary>
    public async ValueTask InitializeAsync()
    {
        _programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
            : null;
        if (_programs is null) return;
        if (Environment.UserName == "root") await ExternalTool.OutputAsync("chown", User, _folder.Path);
        await RunAsync("initdb", "-D", DataFolder, "-A", "trust", "-U", User, "-N", "-E", "UTF8", "--locale=C");
        await StartAsync();
    }

    /// <summary>Creates an empty database; skips the test where there is no server.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        Assert.SkipWhen(_programs is null, "tool: postgresql is not installed");
        string name = "t" + Guid.NewGuid().ToString("N");
        await using NpgsqlConnection connection = new(Connection(User) + ";Pooling=False");
        await connection.OpenAsync();
        await using NpgsqlCommand command = new($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return Connection(name);
    }

    /// <summary>Starts it, with the data that it had.</summary>
    public async Task StartAsync()
    {
        // The server inherits what pg_ctl writes to, and must not hold it open.
        await RunAsync("pg_ctl", "-D", DataFolder, "-l", Path.Combine(_folder.Path, "log"), "-w",
            "-o", string.Create(CultureInfo.InvariantCulture, $"-c listen_addresses=127.0.0.1 -p {_port} -k {_folder.Path} -c fsync=off"), "start");
        _runs = true;
    }

    /// <summary>Stops it at once; connections break.</summary>
    public async Task StopAsync()
    {
        await RunAsync("pg_ctl", "-D", DataFolder, "-m", "fast", "-w", "stop");
        _runs = false;
    }

    public async ValueTask DisposeAsync()
    {
        if (_runs) await StopAsync();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Connection(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username={User};Database={database};Maximum Pool Size=20;Timeout=5");

    private Task<string> RunAsync(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs!, program);
        return Environment.UserName == "root"
            ? ExternalTool.OutputAsync("runuser", ["-u", User, "--", path, .. arguments])
            : ExternalTool.OutputAsync(path, arguments);
    }
}
