using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>
/// All that the tests know of one endpoint: who may call it and a request that it takes. From it come the tests of access,
/// isolation, forgery, repetition, bad input and lost updates. <c>{plan}</c>, <c>{key}</c> ... in path, body and form stand for
/// things that are made for each request, see <see cref="Things"/>.
/// </summary>
/// <param name="Route">As it is mapped.</param>
/// <param name="Who"><c>open</c>, <c>customer</c>, <c>signed-in</c> (of staff) or the permission that it asks for.</param>
public sealed record EndpointRow(string Method, string Route, string Who)
{
    public EndpointRow(string method, string route, Permission needs) : this(method, route, needs.Name)
    {
    }

    public const string Open = "open";
    public const string SignedIn = "signed-in";
    public const string Customer = "customer";

    /// <summary>Where the sample goes; the route itself unless it has parameters.</summary>
    public string Path { get; init; } = Route;

    /// <summary>The JSON that the sample carries.</summary>
    public string? Json { get; init; }

    /// <summary>Fields of <see cref="Json"/> that may be left out or null.</summary>
    public string Optional { get; init; } = "";

    /// <summary>The form that the sample carries, as <c>name=value&amp;name=value</c>, not encoded.</summary>
    public string? Form { get; init; }

    /// <summary>What the sample is answered with; a form of a page leads elsewhere.</summary>
    public int Status { get; init; } = Method == "POST" && !IsApiPath(Route) ? 303 : 200;

    /// <summary>The media type of the answer; of a redirect, none.</summary>
    public string Type { get; init; } = IsApiPath(Route) ? "application/json" : "text/html";

    /// <summary>It answers with a file in another program's form, which is not signed.</summary>
    public bool IsFile { get; init; }

    /// <summary>Names of query parameters, parted by spaces: they are sent nonsense.</summary>
    public string Query { get; init; } = "";

    /// <summary>Things that the caller's own tenant reads here and no other tenant does.</summary>
    public string[] Shows { get; init; } = [];

    /// <summary>Queries that find <see cref="Shows"/>, and find nothing for another tenant.</summary>
    public string[] Finds { get; init; } = [];

    /// <summary>It honours <c>Idempotency-Key</c>.</summary>
    public bool Once { get; init; }

    /// <summary>The sample names things and changes none of them.</summary>
    public bool Leaves { get; init; } = Method is "GET" or "HEAD";

    /// <summary>What it acts on belongs to the whole server, not to a tenant.</summary>
    public bool OfServer { get; init; }

    /// <summary>A customer's: what it names is there for all of the tenant, so that only another tenant's are strangers to it.</summary>
    public bool IsShared { get; init; }

    /// <summary>What another tenant's request for the thing is answered with; otherwise 404 or 422.</summary>
    public int? Stranger { get; init; }

    /// <summary>Its forms may come from anywhere: what they may do is in the address.</summary>
    public bool FromElsewhere { get; init; }

    /// <summary>A document in a page's frame, or a page of who began something alone: a tour of all pages leaves it out.</summary>
    public bool Apart { get; init; }

    /// <summary>Changes that must not undo each other.</summary>
    public Race[] Races { get; init; } = [];

    public bool IsApi => IsApiPath(Route);

    public bool IsOpen => Who == Open;

    /// <summary>Customers call it as well, each for themselves: that they get no more has tests of its own.</summary>
    public bool AlsoCustomers { get; init; }

    /// <summary>It is about the whole appliance: nobody of another tenant than the default one gets there.</summary>
    public bool IsOfAppliance => Declared.Permissions.All.Any(p => p.Name == Who && p.OfAppliance);

    /// <summary>It is tried in the default tenant.</summary>
    public bool IsDefaults => IsOpen || IsOfAppliance;

    /// <summary>It is a customer's, each for themselves.</summary>
    public bool IsCustomers => Who == Customer;

    /// <summary>The sample names a thing that is there already.</summary>
    public bool HasThing => Things.In(Path + Json + Form).Any(name => !name.StartsWith(Things.New, StringComparison.Ordinal));

    /// <summary>It changes something that exists: then it needs a race.</summary>
    public bool ChangesThing => !Leaves && (Method is "PATCH" or "PUT" or "DELETE" || HasThing);

    /// <summary>Does it let that role in? Null is nobody's.</summary>
    public bool LetsIn(Role? role) => IsOpen || (role is { } who && (Who == SignedIn || Declared.Permissions.Of(who).Contains(Who)));

    public Act Sample => new(Method, Path, Json, Form);

    public override string ToString() => $"{Method} {Route}";

    /// <summary>The faces that answer in JSON, by their path.</summary>
    public static bool IsApiPath(string path) =>
        path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/openapi/", StringComparison.Ordinal);
}

/// <summary>One request, with things where names in braces stand.</summary>
public sealed record Act(string Method, string Path, string? Json = null, string? Form = null)
{
    public static Act Patch(string path, string json) => new("PATCH", path, json);

    public static Act Post(string path, string json) => new("POST", path, json);

    public static Act Delete(string path) => new("DELETE", path);

    /// <summary>A form of a page.</summary>
    public static Act Page(string path, string form = "") => new("POST", path, Form: form);

    public override string ToString() => $"{Method} {Path} {Json ?? Form}".TrimEnd();
}

/// <summary>
/// Two requests at the same moment. What is there afterwards, and who was told that it was done, must be what comes of the one
/// after the other, in either order.
/// </summary>
public sealed record Race(Act First, Act Second)
{
    /// <summary>How often it is tried; less where each round costs a password hash.</summary>
    public int Rounds { get; init; } = 12;

    public override string ToString() => $"{First} | {Second}";
}
