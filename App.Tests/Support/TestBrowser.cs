using System.Net;
using AngleSharp.Html.Dom;

namespace Gatehouse.Tests.Support;

/// <summary>
/// A browser without script: keeps cookies, follows redirects of its own site, and sends the forms that a page holds with what
/// they hold, the CSRF token among it.
/// </summary>
public sealed class TestBrowser(HttpClient http, string language)
{
    private readonly Dictionary<string, string> _cookies = [];

    public void SetCookie(string name, string value) => _cookies[name] = value;

    public string? Cookie(string name) => _cookies.GetValueOrDefault(name);

    public Task<TestPage> Get(string path, bool follow = true) => Send(() => new HttpRequestMessage(HttpMethod.Get, path), follow);

    /// <summary>Fills in the form and sends it.</summary>
    /// <param name="form">A CSS selector that finds one form on the page.</param>
    /// <param name="fields">What is typed, over what the form holds; a null leaves the field out.</param>
    public Task<TestPage> Submit(TestPage page, string form, Dictionary<string, string?>? fields = null, bool follow = true)
    {
        var found = page.Document.QuerySelectorAll(form).OfType<IHtmlFormElement>().ToList();
        if (found.Count != 1)
            throw new InvalidOperationException($"{found.Count} forms match '{form}' on {page.Path}:\n{page.Html}");
        var action = found[0].GetAttribute("action") is { Length: > 0 } set ? set : page.Path;
        var values = Values(found[0]).Where(v => fields?.ContainsKey(v.Key) != true)
            .Concat(fields?.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Key, f.Value!)) ?? []).ToList();
        if (!string.Equals(found[0].Method, "post", StringComparison.OrdinalIgnoreCase))
            return Get(action.Split('?')[0] + "?" + string.Join('&', values.Select(v => $"{Uri.EscapeDataString(v.Key)}={Uri.EscapeDataString(v.Value)}")), follow);
        var multipart = found[0].Enctype == "multipart/form-data";
        return Send(() => new HttpRequestMessage(HttpMethod.Post, action) { Content = multipart ? Multipart(values) : new FormUrlEncodedContent(values) }, follow);
    }

    /// <summary>Posts fields without a page's form: what a script, or a forger, sends.</summary>
    public Task<TestPage> Post(string path, Dictionary<string, string> fields, bool follow = false) =>
        Send(() => new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) }, follow);

    /// <summary>Sends with this browser's cookies.</summary>
    public async Task<TestPage> Send(Func<HttpRequestMessage> make, bool follow = false)
    {
        var request = make();
        for (var hop = 0; hop < 10; hop++)
        {
            request.Headers.TryAddWithoutValidation("Accept-Language", language);
            if (_cookies.Count > 0)
                request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}")));
            using var response = await http.SendAsync(request);
            Keep(response);
            var path = request.RequestUri!.IsAbsoluteUri ? request.RequestUri.PathAndQuery : request.RequestUri.OriginalString;
            var page = new TestPage(path, response, await response.Content.ReadAsByteArrayAsync());
            if (!follow || page.Location is not { } location || response.StatusCode is not (HttpStatusCode.Redirect or HttpStatusCode.SeeOther))
                return page;
            request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(http.BaseAddress!, path), location));
        }
        throw new InvalidOperationException("Redirected ten times.");
    }

    private void Keep(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var lines))
            return;
        foreach (var line in lines)
        {
            var pair = line.Split(';')[0].Split('=', 2);
            if (pair[1].Length == 0 || line.Contains("expires=Thu, 01 Jan 1970", StringComparison.OrdinalIgnoreCase) || line.Contains("max-age=0", StringComparison.OrdinalIgnoreCase))
                _cookies.Remove(pair[0]);
            else
                _cookies[pair[0]] = pair[1];
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Values(IHtmlFormElement form)
    {
        foreach (var element in form.Elements)
        {
            switch (element)
            {
                case IHtmlInputElement { Name.Length: > 0, IsDisabled: false } input:
                    if (input.Type is "submit" or "button" or "file" or "image" or "reset" || (input.Type is "checkbox" or "radio" && !input.IsChecked))
                        continue;
                    yield return KeyValuePair.Create(input.Name!, input.Value);
                    break;
                case IHtmlSelectElement { Name.Length: > 0, IsDisabled: false } select:
                    foreach (var option in select.Options.Where(o => o.IsSelected))
                        yield return KeyValuePair.Create(select.Name!, option.Value);
                    break;
                case IHtmlTextAreaElement { Name.Length: > 0, IsDisabled: false } area:
                    yield return KeyValuePair.Create(area.Name!, area.Value);
                    break;
            }
        }
    }

    private static MultipartFormDataContent Multipart(List<KeyValuePair<string, string>> values)
    {
        var content = new MultipartFormDataContent();
        foreach (var (name, value) in values)
            content.Add(new StringContent(value), name);
        return content;
    }
}
