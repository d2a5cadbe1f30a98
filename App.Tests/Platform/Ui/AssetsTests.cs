using System.IO.Compression;
using System.Net;
using System.Runtime.CompilerServices;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Platform.Ui;

public sealed class AssetsTests(AssetsTests.Site site) : IClassFixture<AssetsTests.Site>
{
    [Fact]
    public void Every_file_of_wwwroot_is_embedded_and_nothing_else()
    {
        var files = Directory.EnumerateFiles(Root(), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root(), f)).Order();
        Assert.Equal(files, Assets.Paths.Order());
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("GZIP , br;q=0", "gzip")]
    [InlineData("*", "br")]
    [InlineData("br;q=0, *;q=0.1", "gzip")]
    [InlineData("identity", null)]
    [InlineData("brotli", null)]
    [InlineData("", null)]
    public async Task The_encoding_is_one_the_caller_takes_and_unpacks_to_the_file(string accepted, string? encoding)
    {
        using var answer = await site.Get(Assets.Url("lib/htmx/htmx.min.js"), "Accept-Encoding", accepted);
        Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("Accept-Encoding", Assert.Single(answer.Headers.Vary));
        var body = await answer.Content.ReadAsStreamAsync();
        Assert.Equal(File.ReadAllBytes(Path.Combine(Root(), "lib/htmx/htmx.min.js")), Unpack(body, encoding));
    }

    [Fact]
    public async Task A_hashed_address_may_be_kept_for_ever()
    {
        var url = Assets.Url("gatehouse.css");
        Assert.Matches(@"^/assets/gatehouse\.[0-9a-f]{8}\.css$", url);
        using var answer = await site.Get(url);
        Assert.Equal("public, max-age=31536000, immutable", answer.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("text/css; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("/assets/gatehouse.css")]
    [InlineData("/assets/gatehouse.00000000.css")]
    [InlineData("/assets/lib/tabler/LICENSE.00000000")]
    [InlineData("/favicon.ico")]
    public async Task Without_the_current_hash_the_file_comes_but_must_be_asked_for_again(string url)
    {
        using var answer = await site.Get(url);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("no-cache", answer.Headers.GetValues("Cache-Control").Single());
    }

    [Theory]
    [InlineData("/assets/")]
    [InlineData("/assets/none.css")]
    [InlineData("/assets/gatehouse.css.br")]
    [InlineData("/assets/../App.csproj")]
    [InlineData("/assets/%2e%2e/App.csproj")]
    [InlineData("/assets/.00000000.")]
    public async Task What_is_not_there_is_404(string url)
    {
        using var answer = await site.Get(url);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Each_form_has_its_own_tag_and_answers_304_to_it()
    {
        var url = Assets.Url("gatehouse.css");
        using var plain = await site.Get(url);
        using var packed = await site.Get(url, "Accept-Encoding", "br");
        var tag = plain.Headers.ETag!.ToString();
        Assert.NotEqual(tag, packed.Headers.ETag!.ToString());

        using var same = await site.Get(url, "If-None-Match", $"\"other\", W/{tag}");
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var other = await site.Get(url, "If-None-Match", packed.Headers.ETag.ToString());
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Head_says_the_same_without_the_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, Assets.Url("gatehouse.css"));
        using var answer = await site.Client.SendAsync(request);
        Assert.Equal(new FileInfo(Path.Combine(Root(), "gatehouse.css")).Length, answer.Content.Headers.ContentLength);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public void A_page_that_names_a_missing_file_fails() =>
        Assert.Throws<ArgumentException>(() => Assets.Url("missing.js"));

    [Fact]
    public void Stylesheets_fetch_nothing()
    {
        foreach (var css in Directory.EnumerateFiles(Root(), "*.css", SearchOption.AllDirectories))
        {
            Assert.DoesNotMatch(@"url\([""']?(?!data:|[""']?data:)", File.ReadAllText(css));
            Assert.DoesNotContain("@import", File.ReadAllText(css));
        }
    }

    static byte[] Unpack(Stream body, string? encoding)
    {
        using var plain = encoding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var bytes = new MemoryStream();
        plain.CopyTo(bytes);
        return bytes.ToArray();
    }

    static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../wwwroot"));

    public sealed class Site : IAsyncLifetime
    {
        readonly WebApplication app = Build();

        public HttpClient Client { get; } = new();

        public async Task InitializeAsync()
        {
            app.MapAssets();
            await app.StartAsync();
            Client.BaseAddress = new(app.Urls.Single());
        }

        public Task<HttpResponseMessage> Get(string url, string? header = null, string? value = null)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (header is not null) request.Headers.TryAddWithoutValidation(header, value);
            return Client.SendAsync(request);
        }

        public async Task DisposeAsync()
        {
            Client.Dispose();
            await app.DisposeAsync();
        }

        static WebApplication Build()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            return builder.Build();
        }
    }
}
