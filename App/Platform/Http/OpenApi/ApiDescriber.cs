using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>Adds to the framework's description what it cannot see: how to sign in, the signature's headers, problems and what handlers read themselves.</summary>
internal static partial class ApiDescriber
{
    private const string Bearer = "bearer";
    private const string ProblemSchema = "Problem";
    private const string About =
        """
        JSON in snake_case over HTTPS; times are ISO 8601 in UTC, money is in minor units.
        Every failure is `application/problem+json` with a stable `code`. A verdict about a key is not a failure: it is 200 with `valid: false`.
        Lists answer `items` and `next`; send `next` as `after` to get the following page.
        Every answer is signed with the server's Ed25519 key: the headers `Digest`, `Date` and `Keygen-Signature`. `/docs#signatures` tells how to check it.
        """;

    private static readonly (string Name, string Description)[] SignatureHeaders =
    [
        ("Date", "When the answer was made. Refuse one that is more than five minutes off."),
        ("Digest", "`sha-256=` and the base64 SHA-256 of the body."),
        ("Keygen-Signature", "Ed25519 over request target, host, date and digest."),
    ];

    public static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo { Title = "Gatehouse", Version = ProgramVersion.Current, Description = About };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.AddComponent<IOpenApiSecurityScheme>(Bearer, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API token." });
        document.AddComponent<IOpenApiSchema>(ProblemSchema, Problem(context.ApplicationServices.GetRequiredService<ErrorCatalogue>()));
        return Task.CompletedTask;
    }

    public static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        var rule = metadata.OfType<AccessRule>().LastOrDefault();
        if (rule is { SignedIn: true })
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
            if (rule.Permission is { } permission)
                operation.Description = string.Join("\n\n", new[] { operation.Description, rule.AlsoCustomers ? $"Staff need the permission `{permission}`. Customers call it for themselves, with a session of theirs." : $"Needs the permission `{permission}`." }.Where(d => !string.IsNullOrEmpty(d)));
        }
        operation.Parameters ??= [];
        foreach (var query in metadata.OfType<QueryParameter>())
        {
            // One that the handler takes as an argument is there already, without a word about it.
            if (operation.Parameters.FirstOrDefault(p => p.Name == query.Name) is { } bare)
                operation.Parameters.Remove(bare);
            operation.Parameters.Add(Parameter(query));
        }
        if (metadata.OfType<IdempotentMark>().Any())
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = Idempotency.Header, In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 128 },
                Description = "Your own name for this request. Sent again within 24 hours, it is not done again but answered as the first time.",
            });
        Answers(operation, document, metadata);
        return Task.CompletedTask;
    }

    private static void Answers(OpenApiOperation operation, OpenApiDocument document, IList<object> metadata)
    {
        operation.Responses ??= [];
        if (metadata.OfType<FileResponse>().LastOrDefault() is { } file)
            operation.Responses["200"] = new OpenApiResponse { Description = file.Description, Content = new Dictionary<string, OpenApiMediaType> { [file.ContentType] = new() } };
        else
            foreach (var answer in operation.Responses.Values.OfType<OpenApiResponse>())
                answer.Headers = SignatureHeaders.ToDictionary(h => h.Name, IOpenApiHeader (h) => new OpenApiHeader { Description = h.Description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        var own = metadata.OfType<RefusalCodes>().SelectMany(r => r.Codes).Distinct().ToList();
        foreach (var refused in own.Concat(Common(operation, metadata)).Distinct().Where(e => e.Status < 500).GroupBy(e => e.Status).OrderBy(g => g.Key))
            operation.Responses[refused.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join('\n', refused.Select(e => $"`{e.Code}`: {Meaning(Localizer.For("en"), e)}")),
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) } },
            };
        var codes = own.ConvertAll(e => e.Code);
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = codes.Count == 0 ? "A problem." : $"A problem. Codes of its own: {string.Join(", ", codes)}.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) } },
        };
    }

    // What any operation of its kind may be refused with.
    private static IEnumerable<ErrorCode> Common(OpenApiOperation operation, IList<object> metadata)
    {
        if (operation.RequestBody is not null)
        {
            yield return HttpErrors.BadJson;
            yield return HttpErrors.ValidationFailed;
        }
        else if (metadata.OfType<QueryParameter>().Any())
            yield return HttpErrors.ValidationFailed;
        if (metadata.OfType<AccessRule>().LastOrDefault() is { SignedIn: true })
        {
            yield return HttpErrors.Unauthorized;
            yield return HttpErrors.Forbidden;
        }
        if (metadata.OfType<IdempotentMark>().Any())
            yield return HttpErrors.IdempotencyReused;
        yield return HttpErrors.RateLimited;
    }

    private static OpenApiParameter Parameter(QueryParameter query) => new()
    {
        Name = query.Name,
        In = ParameterLocation.Query,
        Description = query.Description,
        Schema = query.Type switch
        {
            "integer" => new OpenApiSchema { Type = JsonSchemaType.Integer },
            "boolean" => new OpenApiSchema { Type = JsonSchemaType.Boolean },
            "date-time" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
            _ => new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    /// <summary>What a code means, whatever it is about this time.</summary>
    internal static string Meaning(Localizer text, ErrorCode error) => Gap().Replace(text[error.Key], "…");

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Gap();

    private static OpenApiSchema Problem(ErrorCatalogue errors)
    {
        static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "What went wrong (RFC 9457).",
            Required = new HashSet<string> { "type", "title", "status", "detail", "success", "code", "message" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("Where the code is explained: `/docs#CODE`, absolute where the server knows its public address."),
                ["title"] = Text("The status in words."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
                ["detail"] = Text("What happened and what to do, in the caller's language."),
                ["success"] = new OpenApiSchema
                {
                    // The library knows constants as texts alone.
                    Type = JsonSchemaType.Boolean, Description = "Always `false`: what failed is told by `code`.", Extensions = new Dictionary<string, IOpenApiExtension> { ["const"] = new JsonNodeExtension(JsonValue.Create(false)) },
                },
                ["code"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String, Description = "Stable; act on this.", Enum = [.. errors.All.Select(e => (JsonNode)JsonValue.Create(e.Code)!)],
                },
                ["message"] = Text("The same as `detail`."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object, Description = "Field -> what is wrong with it.",
                    AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
                },
            },
        };
    }
}
