using System.Security.Claims;
using System.Text;
using MedISeg.Api.Jobs;
using MedISeg.Api.Uploads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MedISeg.Tests.Api;

public sealed class UploadReaderTests
{
    [Theory]
    [InlineData("multipart/form-data; boundary=b", "Content-Disposition: form-data; name=\"image\"")]
    [InlineData("multipart/related; type=\"application/dicom\"; boundary=b", "Content-Type: application/dicom")]
    public async Task Read_FileCannotBeWritten_IsNotTheClientsFault(string type, string header)
    {
        await using ApiHost host = new();
        _ = host.CreateClient();
        string id = JobId.New(), folder = host.Services.GetRequiredService<JobFiles>().StartUpload(id);
        // In the way of the first file: to the code it is what a full disk is.
        await File.WriteAllBytesAsync(Path.Combine(folder, JobFiles.InputName(0)), [1]);
        byte[] body = [.. Encoding.ASCII.GetBytes($"--b\r\n{header}\r\n\r\n"), .. new byte[128], .. "DICM"u8, .. new byte[700], .. "\r\n--b--\r\n"u8];
        ClaimsPrincipal user = new(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ward")], "test"));
        DefaultHttpContext context = new() { User = user, Request = { ContentType = type, Body = new MemoryStream(body) } };

        await Assert.ThrowsAsync<IOException>(() => host.Services.GetRequiredService<UploadReader>().ReadAsync(context.Request, id));
    }
}
