// Makes of a list of methods (methods.txt) the profile (.mibc) by which the ReadyToRun compiler knows what to compile beforehand.
// dotnet run --file packaging/startup/profile.cs -- LIST LIBRARIES-FOLDER PROFILE
#:property PublishAot=false
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

var profile = new Profile(new Library(args[1]));
var (found, gone) = (0, 0);
foreach (var line in File.ReadLines(args[0]))
    if (profile.Add(line))
        found++;
    else
        gone++;
profile.Save(args[2]);
Console.WriteLine($"startup: {found} methods, and {gone} that are no more");

/// <summary>The types of all libraries in a folder, by full name (<c>Outer+Inner</c>, <c>List`1</c>).</summary>
sealed class Library
{
    private readonly Dictionary<string, (MetadataReader Reader, TypeDefinition Type)> _types = [];

    public Library(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            // Not disposed of: the reader reads from it until the end.
            var reader = new PEReader(File.OpenRead(file)).GetMetadataReader();
            foreach (var handle in reader.TypeDefinitions)
                _types.TryAdd(Name(reader, handle), (reader, reader.GetTypeDefinition(handle)));
        }
    }

    /// <exception cref="KeyNotFoundException">No library has it.</exception>
    public (MetadataReader Reader, TypeDefinition Type) Find(string name) => _types[name];

    /// <summary>The name of the assembly that has it. The runtime's stand-in for any class, <c>__Canon</c>, may have been trimmed away.</summary>
    public string Assembly(string name) =>
        name == Notation.AnyClass ? "System.Private.CoreLib" : Find(name).Reader.GetString(Find(name).Reader.GetAssemblyDefinition().Name);

    public bool IsValue(string name)
    {
        if (name is Notation.AnyClass or "System.Enum")
            return false;
        var (reader, type) = Find(name);
        return !type.BaseType.IsNil && type.BaseType.Kind != HandleKind.TypeSpecification && Name(reader, type.BaseType) is "System.ValueType" or "System.Enum";
    }

    public static string Name(MetadataReader reader, EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeReference)
        {
            var reference = reader.GetTypeReference((TypeReferenceHandle)handle);
            return reference.ResolutionScope.Kind == HandleKind.TypeReference
                ? Name(reader, reference.ResolutionScope) + "+" + reader.GetString(reference.Name)
                : Full(reader, reference.Namespace, reference.Name);
        }
        var type = reader.GetTypeDefinition((TypeDefinitionHandle)handle);
        return type.GetDeclaringType() is { IsNil: false } outer ? Name(reader, outer) + "+" + reader.GetString(type.Name) : Full(reader, type.Namespace, type.Name);
    }

    private static string Full(MetadataReader reader, StringHandle space, StringHandle name) =>
        space.IsNil ? reader.GetString(name) : reader.GetString(space) + "." + reader.GetString(name);
}

/// <summary>Reads a method as the just-in-time compiler writes it: <c>Type`1[Argument]:Method[Argument](Parameter,Parameter)</c>.</summary>
sealed class Notation(string text, Func<string, byte[]> plain, Func<string, List<byte[]>, byte[]> instance)
{
    public const string AnyClass = "System.__Canon";
    private int _at;

    public (string Type, List<byte[]> TypeArguments, string Method, List<byte[]> MethodArguments, int Parameters) Read()
    {
        var (type, typeArguments) = (Until("[:"), Arguments());
        _at++;
        var (method, methodArguments) = (Until("[("), Arguments());
        return (type, typeArguments, method, methodArguments, Parameters());
    }

    private string Until(string ends)
    {
        var from = _at;
        while (_at < text.Length && !ends.Contains(text[_at]))
            _at++;
        return text[from.._at];
    }

    private List<byte[]> Arguments()
    {
        var all = new List<byte[]>();
        if (_at == text.Length || text[_at] != '[')
            return all;
        do
        {
            _at++;
            all.Add(Argument());
        }
        while (text[_at] == ',');
        _at++;
        return all;
    }

    private byte[] Argument()
    {
        var name = Until("[],");
        var type = name.Contains('`') ? instance(name, Arguments()) : plain(name);
        for (; text.AsSpan(_at).StartsWith("[]"); _at += 2)
            type = [(byte)SignatureTypeCode.SZArray, .. type];
        return type;
    }

    private int Parameters()
    {
        var list = text[(_at + 1)..text.LastIndexOf(')')];
        var depth = 0;
        return list.Length == 0 ? 0 : 1 + list.Count(c => (depth += c == '[' ? 1 : c == ']' ? -1 : 0) == 0 && c == ',');
    }
}

/// <summary>
/// The profile: an assembly whose method <c>Start</c> loads the token of each method to compile, and whose method
/// <c>AssemblyDictionary</c> names <c>Start</c> with the assembly it is for.
/// </summary>
sealed class Profile(Library library) : ISignatureTypeProvider<byte[], object?>
{
    private readonly MetadataBuilder _metadata = new();
    private readonly Dictionary<string, AssemblyReferenceHandle> _assemblies = [];
    private readonly Dictionary<string, TypeReferenceHandle> _types = [];
    private readonly InstructionEncoder _start = new(new BlobBuilder());

    /// <summary>Adds the method, with each overload of as many parameters. False: there is none (any more).</summary>
    public bool Add(string text)
    {
        var any = false;
        try
        {
            var wanted = new Notation(text, Plain, Instance).Read();
            var (reader, type) = library.Find(wanted.Type);
            var parent = _metadata.AddTypeSpecification(Blob(wanted.TypeArguments.Count == 0 ? Plain(wanted.Type) : Instance(wanted.Type, wanted.TypeArguments)));
            foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
            {
                if (reader.GetString(method.Name) != wanted.Method || method.GetGenericParameters().Count != wanted.MethodArguments.Count)
                    continue;
                var signature = method.DecodeSignature(this, null);
                if (signature.ParameterTypes.Length != wanted.Parameters)
                    continue;
                EntityHandle token = _metadata.AddMemberReference(parent, _metadata.GetOrAddString(wanted.Method), Blob(Bytes(signature)));
                if (wanted.MethodArguments.Count > 0)
                    token = _metadata.AddMethodSpecification(token, Blob([0x0A, .. Counted(wanted.MethodArguments)]));
                Load(_start, token);
                any = true;
            }
        }
        catch (KeyNotFoundException)
        {
            // A type of that name was there when the list was made.
        }
        return any;
    }

    public void Save(string path)
    {
        var dictionary = new InstructionEncoder(new BlobBuilder());
        dictionary.LoadString(_metadata.GetOrAddUserString("System.Private.CoreLib;"));
        Load(dictionary, MetadataTokens.MethodDefinitionHandle(1));
        var code = new BlobBuilder();
        var bodies = new MethodBodyStreamEncoder(code);
        _metadata.AddModule(0, _metadata.GetOrAddString("startup"), _metadata.GetOrAddGuid(default), default, default);
        _metadata.AddAssembly(_metadata.GetOrAddString("startup"), new Version(0, 0), default, default, default, default);
        _metadata.AddTypeDefinition(default, default, _metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        foreach (var (name, body) in new[] { ("Start", _start), ("AssemblyDictionary", dictionary) })
        {
            body.OpCode(ILOpCode.Ret);
            _metadata.AddMethodDefinition(MethodAttributes.Static, MethodImplAttributes.IL, _metadata.GetOrAddString(name), Blob([0, 0, (byte)SignatureTypeCode.Void]), bodies.AddMethodBody(body), default);
        }
        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(_metadata), code).Serialize(image);
        using var file = File.Create(path);
        image.WriteContentTo(file);
    }

    private static void Load(InstructionEncoder code, EntityHandle token)
    {
        code.OpCode(ILOpCode.Ldtoken);
        code.Token(token);
        code.OpCode(ILOpCode.Pop);
    }

    private TypeReferenceHandle Reference(string name)
    {
        if (_types.TryGetValue(name, out var known))
            return known;
        if (name.LastIndexOf('+') is > 0 and var plus)
            return _types[name] = _metadata.AddTypeReference(Reference(name[..plus]), default, _metadata.GetOrAddString(name[(plus + 1)..]));
        var assembly = library.Assembly(name);
        if (!_assemblies.TryGetValue(assembly, out var scope))
            _assemblies[assembly] = scope = _metadata.AddAssemblyReference(_metadata.GetOrAddString(assembly), new Version(0, 0), default, default, default, default);
        var dot = name.LastIndexOf('.');
        return _types[name] = _metadata.AddTypeReference(scope, dot < 0 ? default : _metadata.GetOrAddString(name[..dot]), _metadata.GetOrAddString(name[(dot + 1)..]));
    }

    // Signatures, as ECMA-335 II.23.2 writes them.

    private static readonly Dictionary<string, SignatureTypeCode> Primitives = new()
    {
        ["bool"] = SignatureTypeCode.Boolean, ["char"] = SignatureTypeCode.Char, ["sbyte"] = SignatureTypeCode.SByte, ["byte"] = SignatureTypeCode.Byte,
        ["short"] = SignatureTypeCode.Int16, ["ushort"] = SignatureTypeCode.UInt16, ["int"] = SignatureTypeCode.Int32, ["uint"] = SignatureTypeCode.UInt32,
        ["long"] = SignatureTypeCode.Int64, ["ulong"] = SignatureTypeCode.UInt64, ["float"] = SignatureTypeCode.Single, ["double"] = SignatureTypeCode.Double,
        ["nint"] = SignatureTypeCode.IntPtr, ["nuint"] = SignatureTypeCode.UIntPtr,
    };

    private byte[] Plain(string name) => Primitives.TryGetValue(name, out var code) ? [(byte)code] : Token(Reference(name), library.IsValue(name));

    private byte[] Instance(string name, List<byte[]> arguments) => GetGenericInstantiation(Plain(name), [.. arguments]);

    private static byte[] Token(EntityHandle type, bool value) =>
        [(byte)(value ? SignatureTypeKind.ValueType : SignatureTypeKind.Class), .. Number(CodedIndex.TypeDefOrRefOrSpec(type))];

    private static byte[] Bytes(MethodSignature<byte[]> signature) =>
    [
        signature.Header.RawValue, .. signature.Header.IsGeneric ? Number(signature.GenericParameterCount) : [],
        .. Number(signature.ParameterTypes.Length), .. signature.ReturnType, .. signature.ParameterTypes.SelectMany(p => p),
    ];

    private static byte[] Counted(IReadOnlyCollection<byte[]> types) => [.. Number(types.Count), .. types.SelectMany(t => t)];

    private static byte[] Number(int value)
    {
        var blob = new BlobBuilder();
        blob.WriteCompressedInteger(value);
        return blob.ToArray();
    }

    private BlobHandle Blob(byte[] bytes) => _metadata.GetOrAddBlob(bytes);

    public byte[] GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte kind) => Token(Reference(Library.Name(reader, handle)), kind == (byte)SignatureTypeKind.ValueType);
    public byte[] GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte kind) => Token(Reference(Library.Name(reader, handle)), kind == (byte)SignatureTypeKind.ValueType);
    public byte[] GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte kind) => reader.GetTypeSpecification(handle).DecodeSignature(this, context);
    public byte[] GetPrimitiveType(PrimitiveTypeCode code) => [(byte)code];
    public byte[] GetSZArrayType(byte[] element) => [(byte)SignatureTypeCode.SZArray, .. element];
    public byte[] GetPointerType(byte[] element) => [(byte)SignatureTypeCode.Pointer, .. element];
    public byte[] GetByReferenceType(byte[] element) => [(byte)SignatureTypeCode.ByReference, .. element];
    public byte[] GetGenericTypeParameter(object? context, int index) => [(byte)SignatureTypeCode.GenericTypeParameter, .. Number(index)];
    public byte[] GetGenericMethodParameter(object? context, int index) => [(byte)SignatureTypeCode.GenericMethodParameter, .. Number(index)];
    public byte[] GetGenericInstantiation(byte[] type, ImmutableArray<byte[]> arguments) => [(byte)SignatureTypeCode.GenericTypeInstance, .. type, .. Counted(arguments)];
    public byte[] GetModifiedType(byte[] modifier, byte[] type, bool required) => [(byte)(required ? SignatureTypeCode.RequiredModifier : SignatureTypeCode.OptionalModifier), .. modifier[1..], .. type];

    // No method in the list has one of these; one that has is passed over.
    public byte[] GetPinnedType(byte[] element) => throw new KeyNotFoundException();
    public byte[] GetArrayType(byte[] element, ArrayShape shape) => throw new KeyNotFoundException();
    public byte[] GetFunctionPointerType(MethodSignature<byte[]> signature) => throw new KeyNotFoundException();
}
