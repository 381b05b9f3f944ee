using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedISeg.Tests.Support;

/// <summary>An object store that speaks enough of S3, in memory on the loopback. It checks signatures, and can be made to fail.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "mediseg-test", AccessKey = "TESTACCESS", SecretKey = "test/secret+KEY", Region = "test-region-1";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<int, byte[]>> _parts = new(StringComparer.Ordinal);

    private S3Server(WebApplication app) => _app = app;

    /// <summary>Objects by key.</summary>
    public ConcurrentDictionary<string, (byte[] Bytes, DateTimeOffset Modified)> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests that were taken: method and key.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Requests whose signature or hash was wrong.</summary>
    public ConcurrentQueue<string> Forged { get; } = new();

    /// <summary>Status that a request is refused with, of method and key; 0: the connection breaks; null: it is served.</summary>
    public volatile Func<string, string, int?> Fault = (_, _) => null;

    /// <summary>Waited for before a request is served.</summary>
    public volatile Func<string, string, Task> Before = (_, _) => Task.CompletedTask;

    /// <summary>Entries of a page of a list.</summary>
    public int PageLength { get; set; } = 2;

    public Uri Address { get; private set; } = null!;

    /// <summary>Starts one with an empty bucket.</summary>
    public static async Task<S3Server> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        S3Server server = new(app);
        app.Run(server.ServeAsync);
        await app.StartAsync();
        server.Address = new Uri(app.Urls.Single());
        return server;
    }

    /// <summary>Settings of a service that uses it.</summary>
    public Dictionary<string, string> Settings(string prefix = "hospital/a") => new()
    {
        ["Data:S3:Endpoint"] = Address.GetLeftPart(UriPartial.Authority), ["Data:S3:Bucket"] = Bucket, ["Data:S3:Prefix"] = prefix, ["Data:S3:Region"] = Region,
        ["Data:S3:AccessKey"] = AccessKey, ["Data:S3:SecretKey"] = SecretKey, ["Data:S3:Timeout"] = "00:00:20",
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        string path = request.Path.Value!, key = path.StartsWith($"/{Bucket}/", StringComparison.Ordinal) ? path[(Bucket.Length + 2)..] : "";
        if (!IsSigned(request, body.ToArray()))
        {
            Forged.Enqueue($"{request.Method} {path}");
            await ErrorAsync(context, 403, "SignatureDoesNotMatch");
            return;
        }
        await Before(request.Method, key);
        if (Fault(request.Method, key) is { } status)
        {
            if (status == 0) context.Abort();
            else await ErrorAsync(context, status, "InternalError");
            return;
        }
        Requests.Enqueue($"{request.Method} {key}");
        if (path.Trim('/') != Bucket && key.Length == 0) await ErrorAsync(context, 404, "NoSuchBucket");
        else if (key.Length == 0) await BucketAsync(context);
        else await ObjectAsync(context, key, body.ToArray());
    }

    private async Task BucketAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        if (query.ContainsKey("location"))
        {
            await XmlAsync(context, new XElement("LocationConstraint", Region));
            return;
        }
        if (query["list-type"] != "2") return;
        string prefix = query["prefix"].ToString(), after = query["continuation-token"].ToString();
        string[] keys = [.. Objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, after) > 0).Order(StringComparer.Ordinal)];
        string[] page = [.. keys.Take(PageLength)];
        XElement list = new("ListBucketResult", new XElement("Name", Bucket), new XElement("Prefix", prefix), new XElement("KeyCount", page.Length),
            new XElement("MaxKeys", PageLength), new XElement("IsTruncated", keys.Length > page.Length ? "true" : "false"));
        if (keys.Length > page.Length) list.Add(new XElement("NextContinuationToken", page[^1]));
        foreach (string key in page)
            if (Objects.TryGetValue(key, out (byte[] Bytes, DateTimeOffset Modified) one))
                list.Add(new XElement("Contents", new XElement("Key", key), new XElement("Size", one.Bytes.Length), new XElement("ETag", Tag(one.Bytes)),
                    new XElement("LastModified", one.Modified.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)), new XElement("StorageClass", "STANDARD")));
        await XmlAsync(context, list);
    }

    private async Task ObjectAsync(HttpContext context, string key, byte[] body)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        string upload = request.Query["uploadId"].ToString();
        switch (request.Method)
        {
            case "POST" when request.Query.ContainsKey("uploads"):
                upload = Guid.NewGuid().ToString("N");
                _parts[upload] = new();
                await XmlAsync(context, new XElement("InitiateMultipartUploadResult", new XElement("Bucket", Bucket), new XElement("Key", key), new XElement("UploadId", upload)));
                return;
            case "PUT" when upload.Length > 0:
                _parts[upload][int.Parse(request.Query["partNumber"].ToString(), CultureInfo.InvariantCulture)] = body;
                response.Headers.ETag = Tag(body);
                return;
            case "POST" when upload.Length > 0:
                _parts.TryRemove(upload, out ConcurrentDictionary<int, byte[]>? parts);
                byte[] whole = [.. parts!.OrderBy(part => part.Key).SelectMany(part => part.Value)];
                Objects[key] = (whole, TimeProvider.System.GetUtcNow());
                await XmlAsync(context, new XElement("CompleteMultipartUploadResult", new XElement("Bucket", Bucket), new XElement("Key", key), new XElement("ETag", Tag(whole))));
                return;
            case "DELETE" when upload.Length > 0:
                _parts.TryRemove(upload, out _);
                response.StatusCode = 204;
                return;
            case "PUT":
                Objects[key] = (body, TimeProvider.System.GetUtcNow());
                response.Headers.ETag = Tag(body);
                return;
            case "DELETE":
                Objects.TryRemove(key, out _);
                response.StatusCode = 204;
                return;
        }
        if (!Objects.TryGetValue(key, out (byte[] Bytes, DateTimeOffset Modified) found))
        {
            await ErrorAsync(context, 404, "NoSuchKey");
            return;
        }
        response.Headers.ETag = Tag(found.Bytes);
        response.Headers.LastModified = found.Modified.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        response.ContentType = "application/octet-stream";
        response.ContentLength = found.Bytes.Length;
        if (request.Method == "GET") await response.Body.WriteAsync(found.Bytes);
    }

    /// <summary>Checks the signature of version 4, computed anew from what came.</summary>
    private static bool IsSigned(HttpRequest request, byte[] body)
    {
        string content = request.Headers["x-amz-content-sha256"].ToString();
        if (content != "UNSIGNED-PAYLOAD" && content != Convert.ToHexStringLower(SHA256.HashData(body))) return false;
        string authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal)) return false;
        Dictionary<string, string> fields = authorization["AWS4-HMAC-SHA256 ".Length..].Split(',').Select(field => field.Trim().Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        string date = request.Headers["x-amz-date"].ToString(), scope = $"{date[..8]}/{Region}/s3/aws4_request";
        if (fields["Credential"] != $"{AccessKey}/{scope}") return false;
        string query = string.Join('&', request.Query.SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}")).Order(StringComparer.Ordinal));
        string headers = string.Concat(fields["SignedHeaders"].Split(';').Select(name => $"{name}:{(name == "host" ? request.Host.Value : request.Headers[name].ToString().Trim())}\n"));
        string path = string.Join('/', request.Path.Value!.Split('/').Select(Uri.EscapeDataString));
        string canonical = $"{request.Method}\n{path}\n{query}\n{headers}\n{fields["SignedHeaders"]}\n{content}";
        string signed = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + SecretKey);
        foreach (string step in new[] { date[..8], Region, "s3", "aws4_request" }) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step));
        return fields["Signature"] == Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
    }

    private static string Tag(byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"";

    private static Task XmlAsync(HttpContext context, XElement root)
    {
        XNamespace name = "http://s3.amazonaws.com/doc/2006-03-01/";
        foreach (XElement element in root.DescendantsAndSelf()) element.Name = name + element.Name.LocalName;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + root.ToString(SaveOptions.DisableFormatting));
    }

    private static Task ErrorAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        string body = $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{code}</Message><Resource>{context.Request.Path}</Resource></Error>";
        return context.Request.Method == "HEAD" ? Task.CompletedTask : context.Response.WriteAsync(body);
    }
}
